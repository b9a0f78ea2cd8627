package io.zandloper.server.replication;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zandloper.protocol.FrameDescriptor;
import io.zandloper.server.replication.Message.Member;
import io.zandloper.server.replication.Message.Part;
import io.zandloper.server.replication.Message.Purpose;
import io.zandloper.server.replication.Message.Standing;
import io.zandloper.storage.journal.JournalEnd;
import io.zandloper.storage.journal.Lineage;
import io.zandloper.storage.journal.Term;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class MessageCodecTest {
    private static final Lineage LINEAGE = new Lineage(new Term(7, -8), 90, new Term(6, 5));
    private static final JournalEnd END = new JournalEnd(100, LINEAGE, -3);
    private static final Standing STANDING = new Standing(-1, "00ff", false, new Term(8, 9), END);

    static Stream<Message> messages() {
        return Stream.of(
                new Message.Hello(1, Purpose.FENCE, STANDING, 12, ":7400", "geheim, ü"),
                new Message.Hello(
                        1, Purpose.FOLLOW, new Standing(4, "d", true, Term.NONE, JournalEnd.EMPTY), 0, "", ""),
                new Message.Welcome(1, STANDING, null, List.of(), "http://h:1", "h:2"),
                new Message.Welcome(1, STANDING, "it is gone", List.of(LINEAGE, LINEAGE), "", ""),
                new Message.Refused(RefusalReason.RIVAL_TERM, "two of them"),
                new Message.Told(true, false, STANDING),
                new Message.Told(false, true, STANDING),
                new Message.Go(),
                new Message.SyncOffer(
                        END, 4096, List.of(new Part("profiles", 1L << 40, -9), new Part("manifest", 0, 0))),
                new Message.SyncFrom(List.of(0L, 1L << 40)),
                new Message.SyncEnd(),
                new Message.Heartbeat(Long.MAX_VALUE),
                new Message.Ack(7, 8),
                new Message.Members(3, 2, List.of(new Member(-5, "[::1]:7400"))),
                new Message.Yield(),
                new Message.Yielded(77));
    }

    @ParameterizedTest
    @MethodSource("messages")
    void whatIsWrittenIsRead(Message message) {
        final ByteBuffer frame = MessageCodec.encode(message);
        assertThat(frame.getInt(FrameDescriptor.LENGTH_OFFSET)).isEqualTo(frame.remaining());
        assertThat(MessageCodec.decode(frame)).isEqualTo(message);
    }

    @Test
    void bytesFollowTheirHead() {
        final ByteBuffer bytes = ByteBuffer.wrap(new byte[] {1, 2, 3, 4, 5, 6, 7, 8});
        final Message.Entries entries = (Message.Entries)
                MessageCodec.decode(whole(MessageCodec.encode(new Message.Entries(9, LINEAGE, bytes)), bytes));
        assertThat(entries.newestSequence()).isEqualTo(9);
        assertThat(entries.lineage()).isEqualTo(LINEAGE);
        assertThat(entries.bytes()).isEqualTo(bytes);
        final Message.SyncChunk chunk = (Message.SyncChunk)
                MessageCodec.decode(whole(MessageCodec.encodeChunkHead(2, 1L << 33, 77, bytes.remaining()), bytes));
        assertThat(chunk).isEqualTo(new Message.SyncChunk(2, 1L << 33, 77, bytes));
    }

    /** Whoever connects may say anything: it is a message or none, and nothing else happens. */
    @Test
    void randomBytesAreAMessageOrNone() {
        final long seed = System.nanoTime();
        final Random random = new Random(seed);
        final List<Message> messages = messages().toList();
        for (int i = 0; i < 20_000; i++) {
            final ByteBuffer frame = copy(MessageCodec.encode(messages.get(random.nextInt(messages.size()))));
            for (int flips = random.nextInt(4); flips >= 0; flips--) {
                frame.put(random.nextInt(frame.limit()), (byte) random.nextInt());
            }
            frame.limit(random.nextInt(8) == 0 ? random.nextInt(frame.limit() + 1) : frame.limit());
            try {
                MessageCodec.decode(frame);
            } catch (MessageCodec.MalformedMessageException expected) {
                assertThat(expected).as("seed " + seed).hasMessageMatching("(?s).+");
            }
        }
    }

    @Test
    void aTypeThatIsNoneIsNamed() {
        final ByteBuffer frame = copy(MessageCodec.encode(new Message.Go()));
        frame.order(ByteOrder.LITTLE_ENDIAN).putShort(FrameDescriptor.TYPE_OFFSET, (short) 79);
        assertThatThrownBy(() -> MessageCodec.decode(frame))
                .isInstanceOf(MessageCodec.MalformedMessageException.class)
                .hasMessageContaining("79");
    }

    private static ByteBuffer whole(ByteBuffer head, ByteBuffer bytes) {
        return ByteBuffer.allocate(head.remaining() + bytes.remaining())
                .put(head)
                .put(bytes.duplicate())
                .flip();
    }

    private static ByteBuffer copy(ByteBuffer bytes) {
        return ByteBuffer.allocate(bytes.remaining()).put(bytes).flip();
    }
}
