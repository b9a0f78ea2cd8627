package io.zandloper.protocol.client;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/**
 * A {@link ZandloperClient} whose calls wait for their answers and throw what its futures fail with. Any number of
 * threads may use it, but not the client's own event loop, which would wait for itself.
 */
public final class BlockingClient {
    private final ZandloperClient client;

    BlockingClient(ZandloperClient client) {
        this.client = client;
    }

    /** See {@link ZandloperClient#ping}. */
    public long ping() {
        return await(client.ping());
    }

    /** See {@link ZandloperClient#profile}. */
    public Optional<StoredProfile> profile(String identity) {
        return await(client.profile(identity));
    }

    /** See {@link ZandloperClient#testSegments}. */
    public SegmentTest testSegments(String identity, List<String> segments) {
        return await(client.testSegments(identity, segments));
    }

    /** See {@link ZandloperClient#segments}. */
    public SegmentList segments(String identity) {
        return await(client.segments(identity));
    }

    /** See {@link ZandloperClient#decide}. */
    public Decision decide(DecisionQuery query) {
        return await(client.decide(query));
    }

    /** See {@link ZandloperClient#upsert}. */
    public UpsertResult upsert(ProfileChange change) {
        return await(client.upsert(change));
    }

    /** See {@link ZandloperClient#record}. */
    public EventResult record(ProfileEvent event) {
        return await(client.record(event));
    }

    /** See {@link ZandloperClient#erase(String)}. */
    public Optional<Erasure> erase(String identity) {
        return await(client.erase(identity));
    }

    /** See {@link ZandloperClient#erase(String, long)}. */
    public Optional<Erasure> erase(String identity, long ifVersion) {
        return await(client.erase(identity, ifVersion));
    }

    private <T> T await(CompletableFuture<T> future) {
        return await(future, client.isOwnThread());
    }

    /** @throws ZandloperException as the future failed; a {@link CallTimeoutException} where the wait was interrupted */
    static <T> T await(CompletableFuture<T> future, boolean isOwnThread) {
        if (isOwnThread && !future.isDone()) {
            throw new IllegalStateException("the client's event loop cannot wait for its own answer");
        }
        try {
            return future.get();
        } catch (ExecutionException failed) {
            if (failed.getCause() instanceof ZandloperException cause) {
                throw cause;
            }
            throw new ConnectionLostException("cannot connect: " + failed.getCause(), failed);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new CallTimeoutException("interrupted before the answer came", interrupted);
        }
    }
}
