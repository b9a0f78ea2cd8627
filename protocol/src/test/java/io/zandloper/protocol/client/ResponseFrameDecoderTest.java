package io.zandloper.protocol.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.zandloper.protocol.FrameDescriptor;
import io.zandloper.protocol.ProtocolLimits;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ResponseFrameDecoderTest {
    private final ResponseFrameDecoder decoder = new ResponseFrameDecoder();
    private final EmbeddedChannel channel = new EmbeddedChannel(decoder);

    private static byte[] frame(int lengthBytes) {
        final byte[] frame = new byte[lengthBytes];
        for (int i = 0; i < lengthBytes; i++) {
            frame[i] = (byte) i;
        }
        Unpooled.wrappedBuffer(frame).setIntLE(FrameDescriptor.LENGTH_OFFSET, lengthBytes);
        return frame;
    }

    private List<byte[]> received() {
        final List<byte[]> frames = new ArrayList<>();
        for (ByteBuf frame = channel.readInbound(); frame != null; frame = channel.readInbound()) {
            frames.add(ByteBufUtil.getBytes(frame));
            frame.release();
        }
        return frames;
    }

    @Test
    void aStreamMayBeCutAnywhere() {
        final byte[] stream = ByteBufUtil.getBytes(Unpooled.wrappedBuffer(frame(32), frame(45), frame(33)));
        for (int cut = 0; cut <= stream.length; cut++) {
            channel.writeInbound(Unpooled.copiedBuffer(stream, 0, cut));
            channel.writeInbound(Unpooled.copiedBuffer(stream, cut, stream.length - cut));
            assertThat(received()).as("cut=" + cut).containsExactly(frame(32), frame(45), frame(33));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 31, -1, ProtocolLimits.RESPONSE_FRAME_BYTES_MAX + 1})
    void aLengthThatCanBeNoneEndsTheStream(int lengthBytes) {
        assertThatThrownBy(() -> channel.writeInbound(Unpooled.buffer().writeIntLE(lengthBytes)))
                .hasMessageContaining("lengthBytes=");
        channel.writeInbound(Unpooled.copiedBuffer(frame(32)));
        assertThat(received()).isEmpty();
        assertThat(channel.finish()).isFalse();
    }

    @Test
    void whatIsNoResponseEndsTheStreamToo() {
        final ByteBuf request = Unpooled.copiedBuffer(frame(32)).setByte(FrameDescriptor.FLAGS_OFFSET, 0);
        assertThatThrownBy(() -> channel.writeInbound(request)).hasMessageContaining("flags=0");
        channel.writeInbound(Unpooled.copiedBuffer(frame(32)));
        assertThat(received()).isEmpty();
    }

    @Test
    void theServerSaysHowLongAResponseMayBe() {
        decoder.setFrameBytesMax(64);
        channel.writeInbound(Unpooled.copiedBuffer(frame(64)));
        assertThat(received()).hasSize(1);
        decoder.setFrameBytesMax(2L * ProtocolLimits.RESPONSE_FRAME_BYTES_MAX);
        channel.writeInbound(Unpooled.wrappedBuffer(frame(ProtocolLimits.RESPONSE_FRAME_BYTES_MAX + 1)));
        assertThat(received()).hasSize(1);
        decoder.setFrameBytesMax(64);
        assertThatThrownBy(() -> channel.writeInbound(Unpooled.copiedBuffer(frame(65))))
                .hasMessageContaining("lengthBytes=65");
    }
}
