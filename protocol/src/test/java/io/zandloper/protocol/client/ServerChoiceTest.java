package io.zandloper.protocol.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class ServerChoiceTest {
    private static final long NOW = 0;

    private record Server(
            String name,
            boolean isUsable,
            boolean isPrimary,
            long term,
            boolean avoided,
            long roundTripNanos,
            int callsOnTheirWay)
            implements ServerChoice.Candidate {
        static Server primary() {
            return new Server("primary", true, true, 1, false, 300, 5);
        }

        static Server replica(String name) {
            return new Server(name, true, false, 1, false, 200, 5);
        }

        Server gone() {
            return new Server(name, false, isPrimary, term, avoided, roundTripNanos, callsOnTheirWay);
        }

        Server ofTerm(long newer) {
            return new Server(name, isUsable, isPrimary, newer, avoided, roundTripNanos, callsOnTheirWay);
        }

        Server refusing() {
            return new Server(name, isUsable, isPrimary, term, true, roundTripNanos, callsOnTheirWay);
        }

        Server near() {
            return new Server(name, isUsable, isPrimary, term, avoided, 100, callsOnTheirWay);
        }

        Server idle() {
            return new Server(name, isUsable, isPrimary, term, avoided, roundTripNanos, 0);
        }

        @Override
        public boolean isAvoided(long nowNanos) {
            return avoided;
        }
    }

    private static String read(ReadPreference preference, Server... servers) {
        return read(preference, 0, servers);
    }

    private static String read(ReadPreference preference, long tried, Server... servers) {
        final Server chosen = new ServerChoice<>(List.of(servers)).forRead(preference, tried, NOW);
        return chosen == null ? "none" : chosen.name();
    }

    private static String write(Server... servers) {
        final Server chosen = new ServerChoice<>(List.of(servers)).forWrite();
        return chosen == null ? "none" : chosen.name();
    }

    @Test
    void writesGoToThePrimaryAlone() {
        assertThat(write(Server.replica("a"), Server.primary(), Server.replica("b")))
                .isEqualTo("primary");
        assertThat(write(Server.replica("a"), Server.primary().refusing())).isEqualTo("primary");
        assertThat(write(Server.replica("a"), Server.primary().gone())).isEqualTo("none");
        assertThat(write(Server.replica("a"), Server.replica("b"))).isEqualTo("none");
    }

    @Test
    void aPrimaryThatWasReplacedGetsNoWriteEvenIfItDoesNotKnow() {
        final Server old = Server.primary();
        final Server taken = new Server("taken", true, true, 2, false, 300, 5);
        assertThat(write(old, taken)).isEqualTo("taken");
        assertThat(write(old, taken.gone())).isEqualTo("none");
        assertThat(write(old, Server.replica("a").ofTerm(2))).isEqualTo("none");
        assertThat(read(ReadPreference.PRIMARY, old, taken)).isEqualTo("taken");
        assertThat(read(ReadPreference.REPLICA, old, taken)).isEqualTo("primary");
    }

    @Test
    void aServerThatIsAloneIsAskedWhateverItIs() {
        assertThat(write(Server.replica("a"))).isEqualTo("a");
        assertThat(write(Server.replica("a").gone())).isEqualTo("none");
        assertThat(read(ReadPreference.PRIMARY, Server.replica("a").refusing())).isEqualTo("a");
    }

    @Test
    void readsGoByPreference() {
        final Server[] all = {
            Server.replica("a"),
            Server.primary(),
            Server.replica("b").idle(),
            Server.replica("c").near()
        };
        assertThat(read(ReadPreference.PRIMARY, all)).isEqualTo("primary");
        assertThat(read(ReadPreference.REPLICA, all)).isEqualTo("b");
        assertThat(read(ReadPreference.NEAREST, all)).isEqualTo("c");
        assertThat(read(ReadPreference.ANY, all)).isEqualTo("b");
        assertThat(read(
                        ReadPreference.ANY,
                        Server.replica("a"),
                        Server.primary().idle()))
                .isEqualTo("primary");
    }

    @Test
    void whoCannotBeReachedOrRefusesIsPassedOver() {
        assertThat(read(ReadPreference.PRIMARY, Server.primary().gone(), Server.replica("a")))
                .isEqualTo("a");
        assertThat(read(ReadPreference.PRIMARY, Server.primary().refusing(), Server.replica("a")))
                .isEqualTo("a");
        assertThat(read(
                        ReadPreference.REPLICA,
                        Server.primary(),
                        Server.replica("a").refusing()))
                .isEqualTo("primary");
        assertThat(read(
                        ReadPreference.REPLICA,
                        Server.primary().refusing(),
                        Server.replica("a").refusing()))
                .as("better than nobody")
                .isEqualTo("a");
        assertThat(read(
                        ReadPreference.ANY,
                        Server.primary().gone(),
                        Server.replica("a").gone()))
                .isEqualTo("none");
    }

    @Test
    void whoWasTriedIsNotAskedAgain() {
        final Server[] all = {Server.primary(), Server.replica("a")};
        assertThat(read(ReadPreference.PRIMARY, 0b01, all)).isEqualTo("a");
        assertThat(read(ReadPreference.PRIMARY, 0b11, all)).isEqualTo("none");
    }

    @Test
    void equalsTakeTurns() {
        final ServerChoice<Server> choice =
                new ServerChoice<>(List.of(Server.replica("a"), Server.replica("b"), Server.primary()));
        final Set<String> chosen = new HashSet<>();
        for (int i = 0; i < 3; i++) {
            final Server server = choice.forRead(ReadPreference.REPLICA, 0, NOW);
            assertThat(server).isNotNull();
            chosen.add(server.name());
        }
        assertThat(chosen).containsExactlyInAnyOrder("a", "b");
    }
}
