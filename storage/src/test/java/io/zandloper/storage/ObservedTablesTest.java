package io.zandloper.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zandloper.storage.change.EraseProfile;
import io.zandloper.storage.change.RecordEvent;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** What the disk does not take at once is made later, and told then. */
class ObservedTablesTest extends WriterFixture {
    private final List<Integer> gone = new ArrayList<>();

    private final ChangeObserver observer = new ChangeObserver() {
        @Override
        public void onNew(int ordinal) {}

        @Override
        public void onEvent(RecordEvent event, int ordinal) {}

        @Override
        public void onLinked(int ordinal, int other) {}

        @Override
        public void onGone(int ordinal) {
            gone.add(ordinal);
        }

        @Override
        public void onReplaced() {}
    };

    @Test
    void anErasureThatTheDiskRefusesAtFirstIsToldOnceItIsMade() {
        final ObservedTables observed = new ObservedTables(tables, List.of(observer));
        writer.submit(patch(crm(1), List.of(), Map.of("age", 30L), Map.of()), new ChangeFuture());
        writer.workBatch();
        final Effect erasure = Objects.requireNonNull(
                new Resolver(tables, now::get).resolve(new EraseProfile(crm(1))).effect());

        disk.fullAfter(0);
        assertThatThrownBy(() -> observed.apply(erasure)).isInstanceOf(StorageException.class);
        assertThat(observed.isPending()).isTrue();
        assertThat(gone).isEmpty();

        disk.empty();
        observed.applyPending();
        assertThat(observed.isPending()).isFalse();
        observed.applyPending();
        assertThat(gone).containsExactly(((Effect.EraseProfile) erasure).ordinal());
    }
}
