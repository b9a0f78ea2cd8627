package io.zandloper.storage.record;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zandloper.storage.epoch.Epochs;
import io.zandloper.storage.epoch.Reclaimer;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RecordFillerTest {
    /** Many pieces, and more than a map starts with. */
    private static final int RECORDS = 40_000;

    @TempDir
    Path folder;

    private final Epochs epochs = new Epochs();
    private final RecordBuffer buffer = new RecordBuffer();

    @Test
    void whatWasPutIsThereInTheOrderInWhichItCame() {
        final RecordStore filler = RecordStores.CHRONICLE.createToFill(folder, epochs);
        for (int ordinal = 0; ordinal < RECORDS; ordinal++) {
            filler.put(ordinal, record(ordinal, "first"));
        }
        for (int ordinal = 0; ordinal < RECORDS; ordinal += 3) {
            filler.put(ordinal, record(ordinal, "second, and longer"));
        }
        try (RecordStore store = filler.filled()) {
            assertThat(store.size()).isEqualTo(RECORDS);
            for (int ordinal = 0; ordinal < RECORDS; ordinal++) {
                assertThat(text(store, ordinal))
                        .isEqualTo(ordinal + (ordinal % 3 == 0 ? " second, and longer" : " first"));
            }
        }
    }

    @Test
    void whoeverLooksMeanwhileSeesEverythingPutSoFar() {
        try (RecordStore filler = RecordStores.CHRONICLE.createToFill(folder, epochs)) {
            for (int ordinal = 0; ordinal < RECORDS; ordinal++) {
                filler.put(ordinal, record(ordinal, "first"));
                if (ordinal % 5_000 == 0) {
                    assertThat(text(filler, ordinal)).isEqualTo(ordinal + " first");
                    assertThat(filler.size()).isEqualTo(ordinal + 1);
                    assertThat(filler.fill().records()).isEqualTo(ordinal + 1);
                }
            }
            assertThat(filler.remove(7)).isTrue();
            assertThat(filler.get(7, buffer)).isFalse();
            assertThat(filler.filled().size()).isEqualTo(RECORDS - 1);
        }
    }

    @Test
    void whatFailsLaterIsTheCallersAtTheLatestWhenItIsFilled() {
        final RuntimeException full = new UncheckedIOException(new java.io.IOException("no space left"));
        final RecordFiller filler = new RecordFiller(new FailingStores(full), folder, epochs);
        filler.put(0, record(0, "lost"));
        assertThatThrownBy(filler::filled).isSameAs(full);
        filler.close();
    }

    @Test
    void oneThatWasNeverFilledIsClosed() {
        RecordStores.CHRONICLE.createToFill(folder, epochs).close();
    }

    private static ByteBuffer record(int ordinal, String text) {
        return ByteBuffer.wrap((ordinal + " " + text).getBytes(US_ASCII));
    }

    private String text(RecordStore store, int ordinal) {
        assertThat(store.get(ordinal, buffer)).isTrue();
        return new String(buffer.array(), 0, buffer.length(), US_ASCII);
    }

    /** A disk that is full. */
    private record FailingStores(RuntimeException failure) implements RecordStores {
        @Override
        public RecordStore create(Path folder, Reclaimer reclaimer) {
            return new RecordStore() {
                @Override
                public void put(int ordinal, ByteBuffer record) {
                    throw failure;
                }

                @Override
                public boolean get(int ordinal, RecordBuffer into) {
                    return false;
                }

                @Override
                public boolean remove(int ordinal) {
                    return false;
                }

                @Override
                public long size() {
                    return 0;
                }

                @Override
                public RecordStoreFill fill() {
                    return new RecordStoreFill(0, 0, 0, 0, 0, 0);
                }

                @Override
                public void force() {
                    throw failure;
                }

                @Override
                public void close() {}
            };
        }

        @Override
        public RecordStore open(Path folder, Reclaimer reclaimer) {
            throw failure;
        }
    }
}
