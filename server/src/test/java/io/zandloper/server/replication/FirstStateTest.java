package io.zandloper.server.replication;

import static org.assertj.core.api.Assertions.assertThat;

import io.zandloper.server.ServerProcess;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A replica that is still empty is asked for nothing, whatever lag is allowed: its first snapshot may take an hour. */
@Timeout(180)
final class FirstStateTest {
    private static final String CATALOG = "{\"segments\":[{\"id\":\"vip\"}]}";

    @TempDir
    private Path folder;

    @Test
    void isNotReadyBeforeItHasWhatThePrimaryHas() throws Exception {
        final Path catalog = Files.writeString(folder.resolve("catalog.json"), CATALOG);
        // So slow that no second piece of it comes during the test.
        try (ServerProcess primary = ServerProcess.serve(
                folder.resolve("primary"), "--catalog", catalog.toString(), "--sync-bytes-per-second", "1")) {
            final HttpResponse<String> put = primary.send("PUT", "/v1/profiles/crm:1", "application/json", "{}");
            assertThat(put.statusCode()).as(put.body()).isBetween(200, 201);
            isNotReady(primary);
        }
    }

    private void isNotReady(ServerProcess primary) throws Exception {
        try (ServerProcess replica = ServerProcess.serve(
                folder.resolve("replica"),
                "--replica-of",
                "127.0.0.1:" + primary.binaryPort(),
                "--replica-lag-max",
                "PT1H")) {
            assertThat(replica.readySequence()).isZero();
            final HttpResponse<String> ready = replica.getAdmin("/health/ready");
            assertThat(ready.statusCode()).as(ready.body()).isEqualTo(503);
            assertThat(replica.getAdmin("/admin/status").body()).contains("\"syncing\"");
        }
    }

    @Test
    void aCatalogOfItsOwnIsNotUsed() throws Exception {
        final Path catalog = Files.writeString(folder.resolve("catalog.json"), CATALOG);
        final Path other = Files.writeString(folder.resolve("other.json"), "{\"segments\":[{\"id\":\"other\"}]}");
        try (ServerProcess primary = ServerProcess.serve(folder.resolve("primary"), "--catalog", catalog.toString());
                ServerProcess replica = ServerProcess.serve(
                        folder.resolve("replica"),
                        "--catalog",
                        other.toString(),
                        "--replica-of",
                        "127.0.0.1:" + primary.binaryPort())) {
            assertThat(replica.get("/v1/catalog").body())
                    .isEqualTo(primary.get("/v1/catalog").body())
                    .contains("vip");
            assertThat(replica.errors()).contains("is not used: a replica has its primary's");
        }
    }
}
