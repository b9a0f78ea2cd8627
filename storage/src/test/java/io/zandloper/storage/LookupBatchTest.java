package io.zandloper.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import io.zandloper.storage.catalog.Catalog;
import io.zandloper.storage.catalog.CatalogCompiler;
import io.zandloper.storage.catalog.CatalogDocument;
import io.zandloper.storage.change.ChangeOutcome;
import io.zandloper.storage.change.ReplaceCatalog;
import io.zandloper.storage.change.UpsertProfile;
import io.zandloper.storage.change.UpsertProfile.AttributesPatch;
import io.zandloper.storage.change.UpsertProfile.SegmentsPatch;
import io.zandloper.storage.profile.Identity;
import io.zandloper.storage.profile.Times;
import io.zandloper.storage.record.RecordBuffer;
import io.zandloper.storage.row.RowBits;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Semaphore;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Batches answer as single look-ups do, and nothing that a decision reads of the storage leaves garbage. */
final class LookupBatchTest {
    private static final int PROFILES = 6_000;
    private static final int SEGMENTS = 700;
    private static final int WARM_UP_ROUNDS = 40;
    private static final int MEASURED_ROUNDS = 5;

    @TempDir
    private Path folder;

    private Storage storage;
    private StorageReader reader;

    @BeforeEach
    void fill() throws InterruptedException {
        storage = Storage.open(StorageConfig.of(folder), source -> catalog(), () -> 1_000_000);
        reader = storage.newReader();
        final Semaphore applied = new Semaphore(0);
        final ChangeListener listener = new ChangeListener() {
            @Override
            public void onOutcome(ChangeOutcome outcome) {
                applied.release(outcome.status().isAccepted() ? 1 : 0);
            }

            @Override
            public void onFailure(StorageException cause) {
                throw cause;
            }
        };
        storage.submit(new ReplaceCatalog(catalog(), new byte[] {1}, null), listener);
        for (int i = 0; i < PROFILES; i++) {
            final UpsertProfile change = new UpsertProfile(
                    null,
                    UpsertProfile.Mode.MERGE,
                    null,
                    new Identity("crm", Integer.toString(i)),
                    null,
                    new AttributesPatch(false, Map.of("age", (long) i)),
                    new SegmentsPatch(false, Map.of("s" + i % SEGMENTS, Times.NEVER), List.of()),
                    null,
                    null);
            assertThat(storage.submit(change, listener)).isTrue();
        }
        applied.acquire(PROFILES + 1);
    }

    @AfterEach
    void close() {
        reader.close();
        storage.close();
    }

    private static Catalog catalog() {
        final List<CatalogDocument.Segment> segments = IntStream.range(0, SEGMENTS)
                .mapToObj(i -> new CatalogDocument.Segment("s" + i, null, 0, null, null, null))
                .toList();
        return CatalogCompiler.compile(
                        new CatalogDocument(segments, List.of(), List.of(), CatalogDocument.Policies.DEFAULT),
                        0,
                        Catalog.EMPTY)
                .catalog();
    }

    @Test
    void aBatchFindsWhatSingleLookUpsFind() {
        final long seed = System.nanoTime();
        System.out.println("LookupBatchTest.aBatchFindsWhatSingleLookUpsFind seed=" + seed);
        final Random random = new Random(seed);
        final LookupBatch batch = new LookupBatch(64);
        final View view = reader.enter();
        for (int round = 0; round < 300; round++) {
            batch.clear();
            final int[] numbers = new int[1 + random.nextInt(batch.capacity())];
            // One text after the other in one array, as in a frame; every third nobody has.
            final byte[] texts = new byte[numbers.length * 16];
            int offset = 0;
            for (int i = 0; i < numbers.length; i++) {
                numbers[i] = random.nextInt(PROFILES * 3 / 2);
                final byte[] text = ("crm:" + numbers[i]).getBytes(StandardCharsets.US_ASCII);
                System.arraycopy(text, 0, texts, offset, text.length);
                batch.add(texts, offset, text.length, numbers[i] % SEGMENTS);
                offset += text.length;
            }
            view.find(batch);
            assertThat(batch.length()).isEqualTo(numbers.length);
            for (int i = 0; i < numbers.length; i++) {
                final int number = numbers[i];
                final int ordinal = view.find(new Identity("crm", Integer.toString(number)));
                assertThat(batch.ordinal(i)).isEqualTo(ordinal);
                assertThat(ordinal == View.NOBODY).isEqualTo(number >= PROFILES);
                if (ordinal != View.NOBODY) {
                    assertThat(view.testSegment(ordinal, number % SEGMENTS, 0)).isOne();
                    assertThat(view.testSegment(ordinal, (number + 1) % SEGMENTS, 0))
                            .isZero();
                }
            }
        }
        reader.leave();
    }

    @Test
    void aBatchTakesNoMoreThanItHasRoomFor() {
        final LookupBatch batch = new LookupBatch(1);
        batch.add(new byte[1], 0, 1, 0);
        assertThat(batch.isFull()).isTrue();
        assertThatThrownBy(() -> batch.add(new byte[1], 0, 1, 0)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> batch.ordinal(1)).isInstanceOf(IndexOutOfBoundsException.class);
        batch.clear();
        assertThat(batch.length()).isZero();
    }

    @Test
    void aReadAllocatesNothing() {
        final Reads reads = new Reads();
        for (int i = 0; i < WARM_UP_ROUNDS; i++) {
            reads.all();
        }
        final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long least = Long.MAX_VALUE;
        for (int i = 0; i < MEASURED_ROUNDS; i++) {
            final long before = threads.getCurrentThreadAllocatedBytes();
            reads.all();
            least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
        }
        // The least: the compiler may replace a method in the middle of a round, which allocates once.
        assertThat(least).isZero();
        assertThat(reads.sum).isNotZero();
    }

    /** Everything a request may read, one after the other: one at a time and in batches. */
    private final class Reads {
        private final byte[][] identities = new byte[PROFILES][];
        private final LookupBatch batch = new LookupBatch(64);
        private final RowBits bits = new RowBits();
        private final RecordBuffer record = new RecordBuffer();
        private long sum;

        Reads() {
            for (int i = 0; i < PROFILES; i++) {
                identities[i] = ("crm:" + i).getBytes(StandardCharsets.US_ASCII);
            }
        }

        void all() {
            for (int from = 0; from < PROFILES; from += batch.capacity()) {
                final int to = Math.min(PROFILES, from + batch.capacity());
                final View view = reader.enter();
                for (int i = from; i < to; i++) {
                    final int ordinal = view.find(identities[i], 0, identities[i].length);
                    if (!view.readRow(ordinal, bits) || !view.readRecord(ordinal, record)) {
                        throw new AssertionError("lost: number=" + i);
                    }
                    sum += view.testSegment(ordinal, i % SEGMENTS, 0) + bits.word(0) + record.length();
                }
                batch.clear();
                for (int i = from; i < to; i++) {
                    batch.add(identities[i], 0, identities[i].length, i % SEGMENTS);
                }
                view.find(batch);
                for (int i = 0; i < batch.length(); i++) {
                    sum += view.testSegment(batch.ordinal(i), (from + i) % SEGMENTS, 0);
                }
                reader.leave();
            }
        }
    }
}
