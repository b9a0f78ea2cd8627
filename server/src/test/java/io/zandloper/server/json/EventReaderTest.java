package io.zandloper.server.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zandloper.storage.change.RecordEvent;
import io.zandloper.storage.profile.InvalidInputException;
import io.zandloper.storage.profile.Times;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class EventReaderTest {
    private static final long ARRIVAL_MICROS = 1_700_000_000_000_000L;

    @Test
    void readsEveryField() {
        final RecordEvent event = read("""
                {"id":"e-1","profile":"CRM:1","type":"convert","offer":"loan","placement":"hero",
                 "at":"2026-11-01T12:00:00.123456Z","product":"credit","value":9.5,
                 "context":{"channel":"web","n":1,"d":1.0,"b":true}}""");
        assertThat(event.profile().text()).isEqualTo("crm:1");
        assertThat(event.id()).isEqualTo("e-1");
        assertThat(event.type()).isEqualTo("convert");
        assertThat(event.offer()).isEqualTo("loan");
        assertThat(event.placement()).isEqualTo("hero");
        assertThat(event.atMicros()).isEqualTo(Times.parseTime("2026-11-01T12:00:00.123456Z", "at"));
        assertThat(event.product()).isEqualTo("credit");
        assertThat(event.value()).isEqualTo(9.5);
        assertThat(event.context()).isEqualTo(Map.of("channel", "web", "n", 1L, "d", 1.0, "b", true));
    }

    @Test
    void fillsInTheTimeOfArrival() {
        final RecordEvent event = read("{\"profile\":\"a:b\",\"type\":\"x\",\"at\":null,\"offer\":null}");
        assertThat(event.atMicros()).isEqualTo(ARRIVAL_MICROS);
        assertThat(event.product()).isNull();
        assertThat(event.context()).isEmpty();
    }

    @Test
    void boundsTheEventsOwnText() {
        // 5 of the id, 1 of the type, 3 of the name, the rest the value; offers and numbers do not count.
        final String json = "{\"profile\":\"a:b\",\"id\":\"12345\",\"type\":\"x\",\"offer\":\"loan\",\"value\":123,"
                + "\"context\":{\"abc\":\"%s\"}}";
        assertThat(read(json.formatted("y".repeat(247))).context()).hasSize(1);
        assertRefused(json.formatted("y".repeat(248)), "");
        assertRefused(json.formatted("é".repeat(124)), "");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{\"type\":\"x\"} | profile",
                "{\"profile\":\"a:b\"} | type",
                "{\"profile\":\"ab\",\"type\":\"x\"} | profile",
                "{\"profile\":5,\"type\":\"x\"} | profile",
                "{\"profile\":\"a:b\",\"type\":\"\"} | type",
                "{\"profile\":\"a:b\",\"type\":\"a\\nb\"} | type",
                "{\"profile\":\"a:b\",\"type\":\"x\",\"id\":\"\"} | id",
                "{\"profile\":\"a:b\",\"type\":\"x\",\"offer\":\"a b\"} | offer",
                "{\"profile\":\"a:b\",\"type\":\"x\",\"placement\":\"\"} | placement",
                "{\"profile\":\"a:b\",\"type\":\"x\",\"product\":1} | product",
                "{\"profile\":\"a:b\",\"type\":\"x\",\"value\":true} | value",
                "{\"profile\":\"a:b\",\"type\":\"x\",\"at\":\"2026-02-30T00:00:00Z\"} | at",
                "{\"profile\":\"a:b\",\"type\":\"x\",\"context\":{\"k\":{}}} | context.k",
                "{\"profile\":\"a:b\",\"type\":\"x\",\"what\":1} | what"
            })
    void namesWhatIsWrong(String json, String path) {
        assertRefused(json, path);
    }

    @Test
    void refusesAContextThatIsNoObject() {
        assertThatThrownBy(() -> read("{\"profile\":\"a:b\",\"type\":\"x\",\"context\":[]}"))
                .isInstanceOf(MalformedBodyException.class);
    }

    private static void assertRefused(String json, String path) {
        assertThatThrownBy(() -> read(json))
                .isInstanceOfSatisfying(
                        InvalidInputException.class,
                        e -> assertThat(e.errors())
                                .singleElement()
                                .satisfies(error -> assertThat(error.path()).isEqualTo(path)));
    }

    private static RecordEvent read(String json) {
        return EventReader.read(StrictJson.parseObject(json.getBytes(StandardCharsets.UTF_8)), ARRIVAL_MICROS);
    }
}
