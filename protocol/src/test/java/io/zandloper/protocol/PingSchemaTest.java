package io.zandloper.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.flatbuffers.FlatBufferBuilder;
import io.zandloper.protocol.schema.Ping;
import org.junit.jupiter.api.Test;

final class PingSchemaTest {
    @Test
    void aGeneratedTableReadsBackWhatWasWritten() {
        FlatBufferBuilder builder = new FlatBufferBuilder();
        builder.finish(Ping.createPing(builder, builder.createString("hello")));
        assertThat(Ping.getRootAsPing(builder.dataBuffer()).payload()).isEqualTo("hello");
    }
}
