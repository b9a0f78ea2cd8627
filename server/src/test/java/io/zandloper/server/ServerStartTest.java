package io.zandloper.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zandloper.server.cli.CommandException;
import io.zandloper.server.config.ConcludedConfig;
import io.zandloper.server.config.ServerConfig;
import io.zandloper.server.config.Setting;
import io.zandloper.server.files.FileException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Starts that do not work out say why, and leave the data folder to the next one. */
final class ServerStartTest {
    @TempDir
    private Path folder;

    private final Map<Setting, List<String>> settings = new EnumMap<>(Setting.class);

    @BeforeEach
    void freePorts() {
        settings.put(Setting.DATA, List.of(folder.resolve("data").toString()));
        settings.put(Setting.PORT, List.of("0"));
        settings.put(Setting.HTTP_PORT, List.of("0"));
        settings.put(Setting.ADMIN_PORT, List.of("0"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{            | the catalog FILE is not usable: ",
                "[]           | the catalog FILE is not usable: ",
                "{\"offer\":[]} | the catalog FILE has errors; correct them: offer: ",
                "{\"offers\":[{\"id\":\"a\"},{\"id\":\"a\"},{\"id\":\"b\",\"eligibility\":\"(\"}]}"
                        + " | the catalog FILE has errors; correct them: offers[",
            })
    void aCatalogThatDoesNotServeIsNamed(String catalog, String message) throws IOException {
        final Path file = Files.writeString(folder.resolve("c.json"), catalog, StandardCharsets.UTF_8);
        settings.put(Setting.CATALOG, List.of(file.toString()));
        refuses(CommandException.class, message.replace("FILE", file.toString()));
        assertThat(folder.resolve("data")).doesNotExist();
    }

    @Test
    void aCatalogThatIsNotThereIsNamed() {
        settings.put(Setting.CATALOG, List.of(folder.resolve("none.json").toString()));
        refuses(CommandException.class, "there is no catalog " + folder.resolve("none.json"));
        settings.put(Setting.CATALOG, List.of(folder.toString()));
        refuses(CommandException.class, "cannot read the catalog " + folder);
    }

    @Test
    void onlyLoopbackIsServedUnlessToldOtherwise() throws InterruptedException {
        settings.put(Setting.HOST, List.of("0.0.0.0"));
        refuses(CommandException.class, "--host 0.0.0.0 is open to other machines");
        settings.put(Setting.INSECURE, List.of("true"));
        try (Server server = Server.start(config(), new StopSignal())) {
            assertThat(server.readyLine()).startsWith("ready binary=0.0.0.0:");
        }
    }

    @Test
    void aHostThatDoesNotExistIsNamed() {
        settings.put(Setting.HOST, List.of("256.256.256.256"));
        refuses(CommandException.class, "there is no host '256.256.256.256'; check --host");
    }

    @Test
    void twoPortsThatAreTheSameAreNamed() {
        settings.put(Setting.PORT, List.of("47123"));
        settings.put(Setting.ADMIN_PORT, List.of("47123"));
        refuses(CommandException.class, "--port and --admin-port are both 47123");
    }

    @Test
    void aSocketThatCannotBeIsNamed() throws Exception {
        settings.put(Setting.SOCKET, List.of(folder.resolve("s".repeat(108)).toString()));
        refuses(CommandException.class, "cannot use --socket: the path of a socket has at most 106 bytes");
        final Path socket = folder.resolve("socket");
        settings.put(Setting.SOCKET, List.of(socket.toString()));
        try (Server server = Server.start(config(), new StopSignal())) {
            assertThat(server.readyLine()).startsWith("ready binary=127.0.0.1:");
            settings.put(Setting.DATA, List.of(folder.resolve("other").toString()));
            refuses(CommandException.class, "cannot use --socket: another server listens on " + socket);
        }
        assertThat(socket).doesNotExist();
    }

    @Test
    void filesThatCannotBeImportedAreNamedAndTheNextStartWorks() throws InterruptedException {
        settings.put(Setting.IMPORT, List.of("bank.csv"));
        refuses(CommandException.class, "--import takes .jsonl or .ndjson, also .gz, and not bank.csv");
        settings.put(Setting.IMPORT, List.of(folder.resolve("none.jsonl").toString()));
        refuses(FileException.class, "there is no file " + folder.resolve("none.jsonl"));
        settings.remove(Setting.IMPORT);
        try (Server server = Server.start(config(), new StopSignal())) {
            assertThat(server.readyLine()).endsWith(" role=primary sequence=0");
        }
    }

    @Test
    void aCatalogThatIsEqualAsJsonIsNoChange() throws Exception {
        final Path file = folder.resolve("c.json");
        settings.put(Setting.CATALOG, List.of(file.toString()));
        Files.writeString(file, "{\"segments\":[{\"id\":\"a\"}],\"offers\":[]}", StandardCharsets.UTF_8);
        try (Server server = Server.start(config(), new StopSignal())) {
            assertThat(server.readyLine()).endsWith(" sequence=1");
        }
        Files.writeString(file, "{\"offers\" : [],\n \"segments\":[{\"id\":\"a\"}]}", StandardCharsets.UTF_8);
        try (Server server = Server.start(config(), new StopSignal())) {
            assertThat(server.readyLine()).endsWith(" sequence=1");
        }
        Files.writeString(file, "{\"segments\":[{\"id\":\"b\"}]}", StandardCharsets.UTF_8);
        try (Server server = Server.start(config(), new StopSignal())) {
            assertThat(server.readyLine()).endsWith(" sequence=2");
        }
    }

    @Test
    void aStartThatIsStoppedServesNothing() throws InterruptedException {
        final StopSignal stop = new StopSignal();
        stop.request();
        try (Server server = Server.start(config(), stop)) {
            assertThatThrownBy(server::readyLine).isInstanceOf(IllegalStateException.class);
        }
    }

    private void refuses(Class<? extends Exception> type, String message) {
        assertThatThrownBy(() -> Server.start(config(), new StopSignal()))
                .isInstanceOf(type)
                .hasMessageStartingWith(message);
    }

    private ServerConfig config() {
        return ConcludedConfig.of(settings, Map.of()).config();
    }
}
