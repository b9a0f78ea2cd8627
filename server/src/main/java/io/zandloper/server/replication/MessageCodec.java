package io.zandloper.server.replication;

import io.zandloper.protocol.FrameDescriptor;
import io.zandloper.server.replication.Message.Member;
import io.zandloper.server.replication.Message.Part;
import io.zandloper.server.replication.Message.Purpose;
import io.zandloper.server.replication.Message.Standing;
import io.zandloper.storage.journal.JournalEnd;
import io.zandloper.storage.journal.Lineage;
import io.zandloper.storage.journal.Term;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Messages as frames, and back; {@code protocol/REPLICATION.md} has the bytes. Stateless. */
public final class MessageCodec {
    /** Of a chunk's body, before the bytes of the file. */
    public static final int CHUNK_HEAD_BYTES = 24;
    /** Of the body of entries, before the entries. */
    public static final int ENTRIES_HEAD_BYTES = 48;

    /** Of a frame with entries, before the entries. */
    static final int ENTRIES_FRAME_HEAD_BYTES = FrameDescriptor.HEADER_LENGTH_BYTES + ENTRIES_HEAD_BYTES;
    /** Of a chunk's frame, before the bytes of the file. */
    static final int CHUNK_FRAME_HEAD_BYTES = FrameDescriptor.HEADER_LENGTH_BYTES + CHUNK_HEAD_BYTES;

    private static final int SHORT_BODY_BYTES_MAX = 256 * 1024;

    private static final int PRIMARY = 1;
    private static final int GRANTED = 2;

    private MessageCodec() {}

    /** What came is no message; the text says why. */
    public static final class MalformedMessageException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        MalformedMessageException(String message) {
            super(message, null, false, false);
        }
    }

    /** A whole frame; of chunks and entries only what stands before their bytes, with the length of it all. */
    public static ByteBuffer encode(Message message) {
        final ByteBuffer frame = ByteBuffer.allocate(FrameDescriptor.HEADER_LENGTH_BYTES + bodyRoom(message))
                .order(ByteOrder.LITTLE_ENDIAN);
        frame.position(FrameDescriptor.HEADER_LENGTH_BYTES);
        int following = 0;
        if (message instanceof Message.Entries entries) {
            frame.putLong(entries.newestSequence());
            put(entries.lineage(), frame);
            following = entries.bytes().remaining();
        } else if (message instanceof Message.SyncChunk chunk) {
            following = chunk.bytes().remaining();
            chunkHead(chunk.part(), chunk.offset(), chunk.checksum(), following, frame);
        } else {
            encodeShort(message, frame);
        }
        return withHeader(frame, message.type(), following);
    }

    /** What stands before the bytes of a chunk that come from elsewhere. */
    public static ByteBuffer encodeChunkHead(int part, long offset, int checksum, int lengthBytes) {
        final ByteBuffer frame = ByteBuffer.allocate(FrameDescriptor.HEADER_LENGTH_BYTES + CHUNK_HEAD_BYTES)
                .order(ByteOrder.LITTLE_ENDIAN);
        frame.position(FrameDescriptor.HEADER_LENGTH_BYTES);
        chunkHead(part, offset, checksum, lengthBytes, frame);
        return withHeader(frame, Message.SyncChunk.TYPE, lengthBytes);
    }

    /**
     * The message of a frame.
     *
     * @param frame from position to limit, the header included; bytes of the message share it
     * @throws MalformedMessageException where it is none
     */
    public static Message decode(ByteBuffer frame) {
        final ByteBuffer body = frame.slice().order(ByteOrder.LITTLE_ENDIAN);
        if (body.remaining() < FrameDescriptor.HEADER_LENGTH_BYTES
                || body.getInt(FrameDescriptor.LENGTH_OFFSET) != body.remaining()) {
            throw new MalformedMessageException("a frame of another length");
        }
        final int type = Short.toUnsignedInt(body.getShort(FrameDescriptor.TYPE_OFFSET));
        body.position(FrameDescriptor.HEADER_LENGTH_BYTES);
        try {
            return decode(type, body);
        } catch (BufferUnderflowException | IllegalArgumentException e) {
            throw new MalformedMessageException("a body that does not fit its type, type=" + type);
        }
    }

    private static void encodeShort(Message message, ByteBuffer body) {
        if (message instanceof Message.Hello hello) {
            putShort(hello.version(), body);
            putShort(hello.purpose().ordinal(), body);
            put(hello.standing(), body);
            body.putLong(hello.catalogVersion());
            put(hello.address(), body);
            put(hello.credentials(), body);
        } else if (message instanceof Message.Welcome welcome) {
            putShort(welcome.version(), body);
            put(welcome.standing(), body);
            put(welcome.fullSync() == null ? "" : welcome.fullSync(), body);
            putShort(welcome.history().size(), body);
            welcome.history().forEach(lineage -> put(lineage, body));
            put(welcome.httpAddress(), body);
            put(welcome.address(), body);
        } else if (message instanceof Message.Refused refused) {
            putShort(refused.reason().number(), body);
            put(refused.detail(), body);
        } else if (message instanceof Message.Told told) {
            putShort((told.primary() ? PRIMARY : 0) | (told.granted() ? GRANTED : 0), body);
            put(told.standing(), body);
        } else if (message instanceof Message.SyncOffer offer) {
            put(offer.end(), body);
            body.putInt(offer.chunkBytes());
            putShort(offer.parts().size(), body);
            for (final Part part : offer.parts()) {
                put(part.name(), body);
                body.putLong(part.lengthBytes()).putInt(part.checksum());
            }
        } else if (message instanceof Message.SyncFrom from) {
            putShort(from.offsets().size(), body);
            from.offsets().forEach(body::putLong);
        } else if (message instanceof Message.Heartbeat heartbeat) {
            body.putLong(heartbeat.newestSequence());
        } else if (message instanceof Message.Ack ack) {
            body.putLong(ack.sequence()).putLong(ack.membersVersion());
        } else if (message instanceof Message.Members members) {
            body.putLong(members.version());
            putShort(members.ackReplicas(), body);
            putShort(members.members().size(), body);
            for (final Member member : members.members()) {
                body.putLong(member.node());
                put(member.address(), body);
            }
        } else if (message instanceof Message.Yielded yielded) {
            body.putLong(yielded.lastSequence());
        }
    }

    private static Message decode(int type, ByteBuffer body) {
        return switch (type) {
            case Message.Hello.TYPE ->
                new Message.Hello(
                        unsignedShort(body), purpose(body), standing(body), body.getLong(), text(body), text(body));
            case Message.Welcome.TYPE -> welcome(body);
            case Message.Refused.TYPE -> new Message.Refused(RefusalReason.ofNumber(unsignedShort(body)), text(body));
            case Message.Told.TYPE -> told(body);
            case Message.Go.TYPE -> new Message.Go();
            case Message.SyncOffer.TYPE -> offer(body);
            case Message.SyncFrom.TYPE -> new Message.SyncFrom(offsets(body));
            case Message.SyncChunk.TYPE -> chunk(body);
            case Message.SyncEnd.TYPE -> new Message.SyncEnd();
            case Message.Entries.TYPE -> new Message.Entries(body.getLong(), lineage(body), body.slice());
            case Message.Heartbeat.TYPE -> new Message.Heartbeat(body.getLong());
            case Message.Ack.TYPE -> new Message.Ack(body.getLong(), body.getLong());
            case Message.Members.TYPE -> members(body);
            case Message.Yield.TYPE -> new Message.Yield();
            case Message.Yielded.TYPE -> new Message.Yielded(body.getLong());
            default -> throw new MalformedMessageException("no message of this type, type=" + type);
        };
    }

    private static Message told(ByteBuffer body) {
        final int flags = unsignedShort(body);
        return new Message.Told((flags & PRIMARY) != 0, (flags & GRANTED) != 0, standing(body));
    }

    private static Message welcome(ByteBuffer body) {
        final int version = unsignedShort(body);
        final Standing standing = standing(body);
        final String fullSync = text(body);
        final int terms = unsignedShort(body);
        if (terms > ReplicationLimits.TERMS_MAX) {
            throw new MalformedMessageException("too many terms, terms=" + terms);
        }
        final List<Lineage> history = new ArrayList<>();
        for (int i = 0; i < terms; i++) {
            history.add(lineage(body));
        }
        return new Message.Welcome(
                version, standing, fullSync.isEmpty() ? null : fullSync, List.copyOf(history), text(body), text(body));
    }

    private static Message offer(ByteBuffer body) {
        final JournalEnd end = end(body);
        final int chunkBytes = body.getInt();
        final int count = unsignedShort(body);
        if (count > ReplicationLimits.PARTS_MAX || chunkBytes <= 0 || chunkBytes > ReplicationLimits.FRAME_BYTES_MAX) {
            throw new MalformedMessageException("an offer beyond the limits, parts=" + count);
        }
        final List<Part> parts = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            parts.add(new Part(text(body), body.getLong(), body.getInt()));
        }
        return new Message.SyncOffer(end, chunkBytes, List.copyOf(parts));
    }

    private static List<Long> offsets(ByteBuffer body) {
        final int count = unsignedShort(body);
        if (count > ReplicationLimits.PARTS_MAX) {
            throw new MalformedMessageException("too many parts, parts=" + count);
        }
        final List<Long> offsets = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            offsets.add(body.getLong());
        }
        return List.copyOf(offsets);
    }

    private static Message chunk(ByteBuffer body) {
        final int part = body.getInt();
        final int checksum = body.getInt();
        final long offset = body.getLong();
        final int lengthBytes = body.getInt();
        body.getInt();
        if (lengthBytes != body.remaining()) {
            throw new MalformedMessageException("a chunk of another length, lengthBytes=" + lengthBytes);
        }
        return new Message.SyncChunk(part, offset, checksum, body.slice());
    }

    private static Message members(ByteBuffer body) {
        final long version = body.getLong();
        final int ackReplicas = unsignedShort(body);
        final int count = unsignedShort(body);
        if (count > ReplicationLimits.MEMBERS_MAX) {
            throw new MalformedMessageException("too many members, members=" + count);
        }
        final List<Member> members = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            members.add(new Member(body.getLong(), text(body)));
        }
        return new Message.Members(version, ackReplicas, List.copyOf(members));
    }

    private static void chunkHead(int part, long offset, int checksum, int lengthBytes, ByteBuffer body) {
        body.putInt(part).putInt(checksum).putLong(offset).putInt(lengthBytes).putInt(0);
    }

    /** @param followingBytes of the body, sent after what is in the buffer */
    private static ByteBuffer withHeader(ByteBuffer frame, int type, int followingBytes) {
        return frame.putInt(FrameDescriptor.LENGTH_OFFSET, frame.position() + followingBytes)
                .putShort(FrameDescriptor.TYPE_OFFSET, (short) type)
                .put(FrameDescriptor.VERSION_OFFSET, (byte) FrameDescriptor.VERSION)
                .flip();
    }

    private static int bodyRoom(Message message) {
        if (message instanceof Message.SyncChunk) {
            return CHUNK_HEAD_BYTES;
        }
        if (message instanceof Message.Entries) {
            return ENTRIES_HEAD_BYTES;
        }
        if (message instanceof Message.Heartbeat || message instanceof Message.Ack) {
            return 2 * Long.BYTES;
        }
        return SHORT_BODY_BYTES_MAX;
    }

    private static void put(Standing standing, ByteBuffer body) {
        body.putLong(standing.node());
        put(standing.dataSet(), body);
        putShort(standing.blank() ? 1 : 0, body);
        put(standing.term(), body);
        put(standing.end(), body);
    }

    private static Standing standing(ByteBuffer body) {
        return new Standing(body.getLong(), text(body), unsignedShort(body) != 0, term(body), end(body));
    }

    private static void put(JournalEnd end, ByteBuffer body) {
        body.putLong(end.sequence());
        put(end.lineage(), body);
        body.putInt(end.chain());
    }

    private static JournalEnd end(ByteBuffer body) {
        return new JournalEnd(body.getLong(), lineage(body), body.getInt());
    }

    private static void put(Lineage lineage, ByteBuffer body) {
        put(lineage.term(), body);
        body.putLong(lineage.firstSequence());
        put(lineage.before(), body);
    }

    private static Lineage lineage(ByteBuffer body) {
        return new Lineage(term(body), body.getLong(), term(body));
    }

    private static void put(Term term, ByteBuffer body) {
        body.putLong(term.number()).putLong(term.id());
    }

    private static Term term(ByteBuffer body) {
        return new Term(body.getLong(), body.getLong());
    }

    private static Purpose purpose(ByteBuffer body) {
        final int number = unsignedShort(body);
        if (number >= Purpose.values().length) {
            throw new MalformedMessageException("no purpose has this number, purpose=" + number);
        }
        return Purpose.values()[number];
    }

    private static void put(String text, ByteBuffer body) {
        final byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        final int length = Math.min(utf8.length, ReplicationLimits.TEXT_BYTES_MAX);
        putShort(length, body);
        body.put(utf8, 0, length);
    }

    private static String text(ByteBuffer body) {
        final int length = unsignedShort(body);
        if (length > ReplicationLimits.TEXT_BYTES_MAX || length > body.remaining()) {
            throw new MalformedMessageException("a text that is too long, lengthBytes=" + length);
        }
        final byte[] utf8 = new byte[length];
        body.get(utf8);
        return new String(utf8, StandardCharsets.UTF_8);
    }

    private static void putShort(int value, ByteBuffer body) {
        body.putShort((short) value);
    }

    private static int unsignedShort(ByteBuffer body) {
        return Short.toUnsignedInt(body.getShort());
    }
}
