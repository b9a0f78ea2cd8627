package io.zandloper.benchmarks.wire;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.zandloper.benchmarks.measure.Comparison;
import io.zandloper.benchmarks.measure.KeySequence;
import io.zandloper.benchmarks.measure.Rounds;
import io.zandloper.benchmarks.measure.RowKey;
import io.zandloper.benchmarks.subject.BenchProfiles;
import io.zandloper.loadtest.dialect.Dialect;
import io.zandloper.loadtest.dialect.Identities;
import io.zandloper.loadtest.dialect.Operation;
import io.zandloper.loadtest.dialect.Protocol;
import io.zandloper.protocol.FrameDescriptor;
import io.zandloper.protocol.Status;
import io.zandloper.server.decision.DecisionListener;
import io.zandloper.server.decision.Decisions;
import io.zandloper.server.wire.SocketlessPort;
import io.zandloper.storage.Storage;
import java.io.PrintWriter;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;

/**
 * Requests that come in one read, looked up together and one by one, by what handles them in a server: in this process and
 * without sockets, from the bytes of a read to the bytes of its answers.
 */
final class LookAheadRows {
    private static final String GOAL = "lookahead";
    private static final int COUNT_MAX = 64;
    /** A round takes a fraction of a second, in which the machine may have been elsewhere: more of them than of others. */
    private static final int ROUNDS_FACTOR = 3;

    private static final long SEED = 0x100C;

    private final Pace pace;
    private final PrintWriter out;

    LookAheadRows(Pace pace, PrintWriter out) {
        this.pace = pace;
        this.out = out;
    }

    List<Comparison> run(Storage storage, int profiles) {
        final List<Comparison> rows = new ArrayList<>();
        try (Decisions decisions = new Decisions(DecisionListener.NONE)) {
            decisions.prepare(storage.catalog());
            for (final int count : new int[] {COUNT_MAX, 16, 4, 1}) {
                rows.add(row(storage, decisions, profiles, Operation.SEGMENT_TEST, count));
            }
            rows.add(row(storage, decisions, profiles, Operation.PROFILE, COUNT_MAX));
            for (final int count : new int[] {COUNT_MAX, 16, 4}) {
                rows.add(row(storage, decisions, profiles, Operation.DECIDE, count));
            }
        }
        return rows;
    }

    private Comparison row(Storage storage, Decisions decisions, int profiles, Operation operation, int count) {
        // As many reads of each count as are whole.
        final int requests = (int) pace.roundTrips() / COUNT_MAX * COUNT_MAX;
        final Reads reads = new Reads(operation, count, profiles, requests);
        try (SocketlessPort together = port(storage, decisions, true);
                SocketlessPort single = port(storage, decisions, false)) {
            final Comparison row = new Rounds(ROUNDS_FACTOR * pace.runs())
                    .compareEqual(
                            GOAL,
                            String.format(Locale.ROOT, "%d × %s in one read, each", count, operation.title()),
                            () -> reads.through(together),
                            "looked up one by one",
                            () -> reads.through(single),
                            "ns");
            out.printf(Locale.ROOT, "%s: %,.0f ns together, %,.0f one by one%n", row.what(), row.ours(), row.theirs());
            out.flush();
            return row;
        }
    }

    private static SocketlessPort port(Storage storage, Decisions decisions, boolean looksAhead) {
        return new SocketlessPort(storage, decisions, new SplittableRandom(SEED), looksAhead);
    }

    /** The bytes of many reads, one after the other. */
    private static final class Reads {
        private final byte[] bytes;
        private final int[] ends;
        private final int requests;

        Reads(Operation operation, int countOfRead, int profiles, int requests) {
            final Drawn drawn = new Drawn(profiles, requests);
            final Dialect dialect =
                    Protocol.ZANDLOPER.newDialect(Loads.questions(BenchProfiles.VALUE_BYTES), drawn.lengthBytesMax());
            final ByteBuffer frames = ByteBuffer.allocate(requests * dialect.requestLengthBytesMax(operation))
                    .order(ByteOrder.LITTLE_ENDIAN);
            this.requests = requests;
            this.ends = new int[requests / countOfRead];
            for (int i = 0; i < requests; i++) {
                dialect.put(frames, operation, i, drawn, i);
                ends[i / countOfRead] = frames.position();
            }
            this.bytes = frames.array();
        }

        /** Nanoseconds a request; the checksum is of statuses, lengths and to whom they belong. */
        Rounds.Run through(SocketlessPort port) {
            long checksum = 0;
            int start = 0;
            final long startNanos = System.nanoTime();
            for (final int end : ends) {
                // As a transport does: into memory of the loop's own, which is used again and again.
                port.read(
                        PooledByteBufAllocator.DEFAULT.directBuffer(end - start).writeBytes(bytes, start, end - start));
                checksum += checksum(port);
                start = end;
            }
            return new Rounds.Run((double) (System.nanoTime() - startNanos) / requests, checksum);
        }

        private static long checksum(SocketlessPort port) {
            long checksum = 0;
            for (ByteBuf answers = port.answers(); answers != null; answers = port.answers()) {
                while (answers.isReadable()) {
                    final int start = answers.readerIndex();
                    if (answers.getUnsignedShortLE(start + FrameDescriptor.STATUS_OFFSET) != Status.OK.number()) {
                        throw new IllegalStateException("a request was refused");
                    }
                    final int lengthBytes = answers.getIntLE(start + FrameDescriptor.LENGTH_OFFSET);
                    checksum += KeySequence.next(
                            answers.getLongLE(start + FrameDescriptor.CORRELATION_ID_OFFSET), lengthBytes);
                    answers.skipBytes(lengthBytes);
                }
                answers.release();
            }
            return checksum;
        }
    }

    /** Rows drawn uniformly, by the identities of their profiles. */
    private static final class Drawn implements Identities {
        private final RowKey keys = new RowKey();
        private final int[] rows;

        Drawn(int profiles, int count) {
            final KeySequence uniform = KeySequence.uniform(profiles);
            rows = new int[count];
            for (int i = 0; i < count; i++) {
                rows[i] = (int) uniform.row(KeySequence.next(i, SEED));
            }
        }

        @Override
        public int size() {
            return rows.length;
        }

        @Override
        public int lengthBytes(int index) {
            return keys.of(rows[index]).length;
        }

        @Override
        public int lengthBytesMax() {
            return keys.lengthMax();
        }

        @Override
        public void put(int index, ByteBuffer out, int at) {
            out.put(at, keys.of(rows[index]));
        }

        @Override
        public long number(int index) {
            return rows[index];
        }
    }
}
