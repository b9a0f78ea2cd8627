package io.zandloper.server.replication;

import io.zandloper.storage.journal.JournalEnd;
import io.zandloper.storage.journal.Lineage;
import io.zandloper.storage.journal.Term;
import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What two servers say to each other; {@code protocol/REPLICATION.md} has the bytes. A <i>source</i> has changes to give, a
 * <i>follower</i> wants them.
 */
public sealed interface Message {
    /** The number of its type in the frame. */
    int type();

    /** What a connection is for. */
    enum Purpose {
        /** To follow. */
        FOLLOW,
        /** To hear where the other one stands; nothing changes. */
        ASK,
        /** To tell the other one of a newer term, whose primary speaks. */
        FENCE,
        /** To have the other one take this term for known and no more entries of any before, unless it has more. */
        GRANT
    }

    /**
     * Where somebody stands.
     *
     * @param node of the data folder
     * @param dataSet what is held; nodes of one data set have the same
     * @param blank whether it holds nothing and may follow whomever
     * @param term the newest known
     * @param end of the journal, durable
     */
    record Standing(long node, String dataSet, boolean blank, Term term, JournalEnd end) {}

    /** A replica, and where it may be asked. */
    record Member(long node, String address) {}

    /** A file of a snapshot. */
    record Part(String name, long lengthBytes, int checksum) {}

    /**
     * Follower: who I am and where I stand. The first of a connection, and again after a full sync.
     *
     * @param address host and port of its binary port; the host is empty where the connection's is meant
     * @param credentials empty for none
     */
    record Hello(
            int version, Purpose purpose, Standing standing, long catalogVersion, String address, String credentials)
            implements Message {
        public static final int TYPE = 64;

        @Override
        public int type() {
            return TYPE;
        }
    }

    /**
     * Source: you may follow. Nothing more comes before the follower says {@link Go}.
     *
     * @param fullSync null where entries follow, else why a snapshot does
     * @param history of the source, where a snapshot follows: what the follower has beyond it is its tail
     * @param httpAddress where writes are taken over HTTP
     * @param address where writes are taken over the binary protocol
     */
    record Welcome(
            int version,
            Standing standing,
            @Nullable String fullSync,
            List<Lineage> history,
            String httpAddress,
            String address)
            implements Message {
        public static final int TYPE = 65;

        @Override
        public int type() {
            return TYPE;
        }
    }

    /** Either: no, or no longer. The connection ends. */
    record Refused(RefusalReason reason, String detail) implements Message {
        public static final int TYPE = 66;

        @Override
        public int type() {
            return TYPE;
        }
    }

    /**
     * Source: where it stands, to whoever did not come to follow. The connection ends.
     *
     * @param granted whether the term that was asked for was granted
     */
    record Told(boolean primary, boolean granted, Standing standing) implements Message {
        public static final int TYPE = 67;

        @Override
        public int type() {
            return TYPE;
        }
    }

    /** Follower: the source's term is taken, send what was announced. */
    record Go() implements Message {
        public static final int TYPE = 68;

        @Override
        public int type() {
            return TYPE;
        }
    }

    /** Source: there is a snapshot, at this end. */
    record SyncOffer(JournalEnd end, int chunkBytes, List<Part> parts) implements Message {
        public static final int TYPE = 69;

        @Override
        public int type() {
            return TYPE;
        }
    }

    /** Follower: send these parts from these offsets on, one after the other. What is before them is here and right. */
    record SyncFrom(List<Long> offsets) implements Message {
        public static final int TYPE = 70;

        @Override
        public int type() {
            return TYPE;
        }
    }

    /**
     * Source: a piece of a file.
     *
     * @param checksum CRC32C of the bytes
     * @param bytes from position to limit; valid until the receiver returns
     */
    record SyncChunk(int part, long offset, int checksum, ByteBuffer bytes) implements Message {
        public static final int TYPE = 71;

        @Override
        public int type() {
            return TYPE;
        }
    }

    /** Source: that was all of the snapshot. The follower says hello again when it has it in use. */
    record SyncEnd() implements Message {
        public static final int TYPE = 72;

        @Override
        public int type() {
            return TYPE;
        }
    }

    /**
     * Source: entries of the journal as they lie there.
     *
     * @param newestSequence that the source has durable
     * @param lineage of all these entries
     * @param bytes from position to limit, whole entries; valid until the receiver returns
     */
    record Entries(long newestSequence, Lineage lineage, ByteBuffer bytes) implements Message {
        public static final int TYPE = 73;

        @Override
        public int type() {
            return TYPE;
        }
    }

    /** Source: I am here, and this is the newest. */
    record Heartbeat(long newestSequence) implements Message {
        public static final int TYPE = 74;

        @Override
        public int type() {
            return TYPE;
        }
    }

    /**
     * Follower: I am here, and have this in my journal.
     *
     * @param membersVersion of the newest {@link Members} that came; 0 where none did
     */
    record Ack(long sequence, long membersVersion) implements Message {
        public static final int TYPE = 75;

        @Override
        public int type() {
            return TYPE;
        }
    }

    /**
     * Source: who follows, for a promotion to know whom to ask.
     *
     * @param version ascending while the source runs
     * @param ackReplicas how many of them have a change before it is acknowledged
     */
    record Members(long version, int ackReplicas, List<Member> members) implements Message {
        public static final int TYPE = 76;

        @Override
        public int type() {
            return TYPE;
        }
    }

    /** Follower: I am to become primary, take no more writes. */
    record Yield() implements Message {
        public static final int TYPE = 77;

        @Override
        public int type() {
            return TYPE;
        }
    }

    /**
     * Source: no more writes are taken, by a restart neither.
     *
     * @param lastSequence of the last change; {@link #DECLINED} where it does not hand over to this one
     */
    record Yielded(long lastSequence) implements Message {
        public static final int TYPE = 78;
        public static final long DECLINED = -1;

        @Override
        public int type() {
            return TYPE;
        }
    }
}
