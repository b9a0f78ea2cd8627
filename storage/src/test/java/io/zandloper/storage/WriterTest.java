package io.zandloper.storage;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What others have the writer do between two changes; its turns are taken by the test. */
class WriterTest extends WriterFixture {
    @Test
    void soManyTasksWaitAtMostAndWhoComesThenIsToldThatItIsBusy() {
        final List<CompletableFuture<Integer>> waiting = new ArrayList<>();
        CompletableFuture<Integer> refused = writer.between(() -> 0);
        while (!refused.isDone()) {
            waiting.add(refused);
            final int number = waiting.size();
            refused = writer.between(() -> number);
            assertThat(waiting).as("bounded").hasSizeLessThanOrEqualTo(WriterTasks.CAPACITY);
        }
        assertThat(waiting).hasSize(WriterTasks.CAPACITY).noneMatch(CompletableFuture::isDone);
        assertThat(refused.exceptionNow()).isInstanceOf(StorageException.class).hasMessage("the writer is busy");
        assertThat(writer.workBatch()).isTrue();
        for (int i = 0; i < waiting.size(); i++) {
            assertThat(waiting.get(i).join()).as("in the order of arrival").isEqualTo(i);
        }
        final CompletableFuture<Integer> again = writer.between(() -> 1);
        writer.workBatch();
        assertThat(again.join()).isEqualTo(1);
    }

    @Test
    void whatATaskThrowsIsItsCallersAlone() {
        final CompletableFuture<Integer> failing = writer.between(() -> {
            throw new IllegalStateException("no");
        });
        final CompletableFuture<Integer> next = writer.between(() -> 2);
        writer.workBatch();
        assertThat(failing.exceptionNow()).hasMessage("no");
        assertThat(next.join()).isEqualTo(2);
    }

    @Test
    void whatComesTooLateIsRefusedAndNotForgotten() throws Exception {
        start();
        final CompletableFuture<Integer> inTime = writer.between(() -> 3);
        assertThat(inTime.get(30, TimeUnit.SECONDS)).isEqualTo(3);
        stop();
        assertThat(writer.between(() -> 4).exceptionNow()).hasMessageContaining("stopping");
    }
}
