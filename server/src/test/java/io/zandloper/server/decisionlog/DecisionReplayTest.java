package io.zandloper.server.decisionlog;

import static io.zandloper.server.decisionlog.LoggedWorld.CATALOG;
import static io.zandloper.server.decisionlog.LoggedWorld.request;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.zandloper.server.cli.ZandloperCommands;
import io.zandloper.server.decide.DecisionRequest;
import io.zandloper.server.decide.DecisionRequest.PlacementRequest;
import io.zandloper.storage.change.EraseProfile;
import io.zandloper.storage.profile.Identity;
import io.zandloper.storage.profile.Profile;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code decisions} and {@code replay} over logs and snapshots as a server leaves them. */
final class DecisionReplayTest {
    @TempDir
    private Path folder;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int run(Object... arguments) {
        out.getBuffer().setLength(0);
        err.getBuffer().setLength(0);
        final String[] texts = new String[arguments.length];
        for (int i = 0; i < texts.length; i++) {
            texts[i] = arguments[i].toString();
        }
        return ZandloperCommands.run(
                (config, writer) -> {
                    throw new AssertionError("nobody serves");
                },
                Map.of(),
                new PrintWriter(out, true),
                new PrintWriter(err, true),
                texts);
    }

    private JsonNode replay(int expectedExit, Path snapshot, String... more) throws IOException {
        final Path log = folder.resolve("log");
        final int exit = more.length == 0
                ? run("replay", log, "--snapshot", snapshot, "--json", "--work", folder.resolve("work"))
                : run("replay", log, "--snapshot", snapshot, "--json", "--work", folder.resolve("work"), more[0]);
        assertThat(exit).as(err.toString()).isEqualTo(expectedExit);
        assertThat(folder.resolve("work")).isEmptyDirectory();
        return new ObjectMapper().readTree(out.toString());
    }

    private static void people(LoggedWorld world) {
        world.catalog(CATALOG);
        for (int i = 0; i < 20; i++) {
            world.person(
                    "{\"id\":\"crm:%d\",\"attributes\":{\"age\":%d},\"scores\":{\"loan\":0.%d},\"consent\":{\"purposes\":[%d]}}"
                            .formatted(i, 10 + i, i % 10, i % 2 == 0 ? 4 : 1));
        }
    }

    private static void decide(LoggedWorld world) {
        for (int i = 0; i < 40; i++) {
            world.nowMicros.addAndGet(1_000_000);
            world.decide("crm:" + i % 20, "hero", "box");
        }
        world.decide(request(null, Map.of("device", "tv"), "hero"));
        world.decide(request("crm:unknown", Map.of("place", "x"), "box"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "--reference"})
    void everythingThatTheSnapshotHasComesOutTheSame(String option) throws Exception {
        final Path snapshot;
        try (LoggedWorld world = new LoggedWorld(folder)) {
            people(world);
            world.catalog(CATALOG.replace("\"percent\":0", "\"percent\":30"));
            decide(world);
            snapshot = world.snapshot();
            assertThat(world.storage.catalog().version()).isEqualTo(2);
        }
        final JsonNode found = option.isEmpty() ? replay(0, snapshot) : replay(0, snapshot, option);
        assertThat(found.path("decisions").intValue()).isEqualTo(42);
        assertThat(found.path("same").intValue()).isEqualTo(42);
        assertThat(run("replay", folder.resolve("log"), "--snapshot", snapshot)).isZero();
        assertThat(out.toString()).contains("          42  decided again, the same");
    }

    @Test
    void whatTheSnapshotHasOtherwiseIsCountedApart() throws Exception {
        final Path snapshot;
        try (LoggedWorld world = new LoggedWorld(folder)) {
            world.log.work(); // what an earlier run has left
            people(world);
            decide(world);
            world.decide(new DecisionRequest(
                    null, Profile.EMPTY, List.of(new PlacementRequest("hero", null)), Map.of(), false, null, Set.of()));
            world.person("{\"id\":\"crm:1\",\"attributes\":{\"age\":70}}");
            world.apply(new EraseProfile(new Identity("crm", "2")));
            snapshot = world.snapshot();
            world.catalog(CATALOG.replace("\"value\":3", "\"value\":30"));
            world.decide("crm:3", "hero");
        }
        final JsonNode found = replay(0, snapshot);
        assertThat(found.path("same").intValue()).isEqualTo(38);
        assertThat(found.path("profileChanged").intValue()).isEqualTo(2);
        assertThat(found.path("profileUnknown").intValue()).isEqualTo(2);
        assertThat(found.path("notLogged").intValue()).isEqualTo(1);
        assertThat(found.path("otherCatalog").intValue()).isEqualTo(1);
        assertThat(found.path("snapshotCatalogVersion").intValue()).isEqualTo(1);
    }

    @Test
    void aDifferenceIsFoundAndSaid() throws Exception {
        final Path snapshot;
        try (LoggedWorld world = new LoggedWorld(folder)) {
            people(world);
            decide(world);
            snapshot = world.snapshot();
        }
        final Path file = LogFiles.file(folder.resolve("log"), 1);
        final ByteBuffer bytes = LogDescriptor.little(ByteBuffer.wrap(Files.readAllBytes(file)));
        // The last entry is that of the unknown visitor: another reason, and a checksum to match.
        int start = LogDescriptor.FILE_HEADER_BYTES;
        int last = start;
        while (start < bytes.limit()) {
            last = start;
            start += bytes.getInt(start);
        }
        bytes.put(last + LogDescriptor.ENTRY_HEADER_BYTES + LogDescriptor.REASON_OFFSET, (byte) 3);
        LogDescriptor.seal(
                bytes, last, LogDescriptor.DECISION, bytes.getInt(last + LogDescriptor.PAYLOAD_LENGTH_OFFSET));
        // The first is that of crm:0, ten years old: another priority of what it got.
        final LoggedDecision first =
                EntryDecoder.decode(DecisionLogReader.payload(bytes, LogDescriptor.FILE_HEADER_BYTES));
        final int priorityEnd = LogDescriptor.FILE_HEADER_BYTES
                + LogDescriptor.ENTRY_HEADER_BYTES
                + LogDescriptor.FIXED_BYTES
                + 1
                + "hero".length()
                + 2
                + 1
                + 1
                + "card".length()
                + Double.BYTES;
        assertThat(first.placements().get(0).offers().get(0).priority())
                .isEqualTo(bytes.getDouble(priorityEnd - Double.BYTES));
        bytes.putDouble(priorityEnd - Double.BYTES, 4.75);
        LogDescriptor.seal(
                bytes,
                LogDescriptor.FILE_HEADER_BYTES,
                LogDescriptor.DECISION,
                bytes.getInt(LogDescriptor.FILE_HEADER_BYTES + LogDescriptor.PAYLOAD_LENGTH_OFFSET));
        Files.write(file, bytes.array());

        final JsonNode found = replay(1, snapshot);
        assertThat(err.toString()).isEqualTo("zandloper: 2 of 42 decisions come out differently\n");
        assertThat(found.path("different").intValue()).isEqualTo(2);
        assertThat(found.path("same").intValue()).isEqualTo(40);
        assertThat(found.path("differences").get(0).textValue()).contains("hero: card (4.75), now card (5.0)");
        assertThat(found.path("differences").get(1).textValue()).contains("reason DEFAULT, now UNKNOWN_PROFILE");
    }

    @Test
    void aSnapshotOfOtherPeopleIsRefused() throws Exception {
        final Path snapshot;
        try (LoggedWorld world = new LoggedWorld(folder.resolve("other"))) {
            people(world);
            snapshot = world.snapshot();
        }
        try (LoggedWorld world = new LoggedWorld(folder)) {
            people(world);
            decide(world);
        }
        assertThat(run("replay", folder.resolve("log"), "--snapshot", snapshot)).isEqualTo(1);
        assertThat(err.toString()).contains("are of different data folders");
        assertThat(run("replay", folder.resolve("nowhere"), "--snapshot", snapshot))
                .isEqualTo(1);
        assertThat(run("replay", folder.resolve("log"), "--snapshot", folder.resolve("nowhere")))
                .isEqualTo(1);
        assertThat(run("replay", folder.resolve("log"))).isEqualTo(2);
    }

    @Test
    void printsALog() throws Exception {
        try (LoggedWorld world = new LoggedWorld(folder)) {
            people(world);
            world.decide("crm:10", "hero", "box");
            world.decide(request(null, Map.of("device", "tv", "unread", "x"), "hero"));
        }
        assertThat(run("decisions", folder.resolve("log"))).isZero();
        assertThat(out.toString().lines().toList()).hasSize(2).satisfies(lines -> {
            assertThat(lines.get(0))
                    .matches("2026-11-22T12:00:00Z  [0-9a-f]{32} version 12  catalog 1  TARGETING_MATCH"
                            + "  hero: card \\(5\\.0\\)  box: loan \\(0\\.0\\)  \\{device=mobile\\}");
            assertThat(lines.get(1))
                    .isEqualTo("2026-11-22T12:00:00Z  anonymous  catalog 1  DEFAULT  hero: news (fallback)"
                            + "  {device=tv}");
        });
        final Path file = LogFiles.file(folder.resolve("log"), 1);
        assertThat(run("decisions", file, "--json")).isZero();
        final JsonNode first =
                new ObjectMapper().readTree(out.toString().lines().findFirst().orElseThrow());
        assertThat(first.path("visitor").textValue()).isEqualTo("known");
        assertThat(first.path("person").textValue()).hasSize(32);
        assertThat(first.path("profileVersion").intValue()).isEqualTo(12);
        assertThat(first.at("/placements/1/offers/0/id").textValue()).isEqualTo("loan");
        assertThat(first.at("/placements/0/offers/0/priority").doubleValue()).isEqualTo(5.0);
        assertThat(first.at("/context/device").textValue()).isEqualTo("mobile");

        final byte[] bytes = Files.readAllBytes(file);
        bytes[100] ^= 1;
        Files.write(file, bytes);
        assertThat(run("decisions", file)).isEqualTo(1);
        assertThat(out.toString()).contains("anonymous");
        assertThat(err.toString()).contains("at offset 48 are damaged").contains("1 damaged places");
        assertThat(run("decisions", folder)).isEqualTo(1);
        assertThat(err.toString()).contains("holds no decision log");
        assertThat(run("decisions")).isEqualTo(2);
    }
}
