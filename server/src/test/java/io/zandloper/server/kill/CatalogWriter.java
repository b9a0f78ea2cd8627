package io.zandloper.server.kill;

import io.zandloper.server.ServerProcess;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** Replaces the catalog and takes snapshots while others write, until the server is gone. One thread at a time. */
final class CatalogWriter {
    /** Listed segments, {@code s0} and so on. */
    static final int LISTED = 8;

    /** Listed segments beside these, each the list of one {@link PersonWriter}. */
    static final int LISTS = 6;

    private static final int PAUSE_MILLIS_MAX = 300;

    private int acknowledged;
    private int asked;
    private int snapshots;
    private @Nullable AssertionError refused;

    /** The catalog that computes {@code low} of those whose {@code n} is below {@code limit}. */
    private static String catalog(int limit) {
        final StringBuilder segments = new StringBuilder();
        for (int i = 0; i < LISTED; i++) {
            segments.append("{\"id\":\"s").append(i).append("\"},");
        }
        for (int i = 0; i < LISTS; i++) {
            segments.append("{\"id\":\"").append(list(i)).append("\"},");
        }
        return "{\"segments\":[" + segments + "{\"id\":\"low\",\"rule\":\"profile.n < " + limit + "\"}],"
                + "\"offers\":[{\"id\":\"o\",\"caps\":[{\"scope\":\"global\",\"event\":\"click\",\"max\":3,\"window\":\"P1D\"}]}],"
                + "\"policies\":{\"identityPriority\":[\"crm\",\"side\"],\"consentDefault\":\"grant\"}}";
    }

    static String list(int writer) {
        return "list" + writer;
    }

    /** Puts the first one. */
    void begin(ServerProcess server) throws IOException, InterruptedException {
        replace(server, 500);
    }

    /** Until the server is gone. */
    void run(ServerProcess server, SplittableRandom random) {
        try {
            while (true) {
                pause(random);
                if (random.nextInt(3) == 0) {
                    final HttpResponse<String> response = server.sendAdmin("POST", "/admin/snapshot");
                    snapshots += response.statusCode() / 100 == 2 ? 1 : 0; // one at a time; another may be going on
                } else {
                    replace(server, random.nextInt(1_000));
                }
            }
        } catch (IOException e) {
            // Killed. A catalog that was asked for and not acknowledged may be the current one or not.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (AssertionError e) {
            refused = e;
        }
    }

    /** Which catalogs may be the current one: by their limits, the acknowledged one first. */
    int[] possible() {
        return new int[] {acknowledged, asked};
    }

    /** This one is. */
    void settle(int limit) {
        acknowledged = limit;
        asked = limit;
    }

    boolean is(int limit, String source) {
        return catalog(limit).equals(source);
    }

    int snapshots() {
        return snapshots;
    }

    @Nullable
    AssertionError refused() {
        return refused;
    }

    private void replace(ServerProcess server, int limit) throws IOException, InterruptedException {
        asked = limit;
        final HttpResponse<String> response = server.send("PUT", "/v1/catalog", "application/json", catalog(limit));
        if (response.statusCode() != 200) {
            throw new AssertionError("a catalog was refused: " + response.body());
        }
        acknowledged = limit;
    }

    private static void pause(SplittableRandom random) {
        final long endNanos = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(random.nextInt(PAUSE_MILLIS_MAX));
        for (long left = 1; left > 0; left = endNanos - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
    }
}
