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

    /** See {@link ZandloperClient#testSegments(String, List)}. */
    public SegmentTest testSegments(String identity, List<String> segments) {
        return await(client.testSegments(identity, segments));
    }

    /** See {@link ZandloperClient#segments(String)}. */
    public SegmentList segments(String identity) {
        return await(client.segments(identity));
    }

    /** See {@link ZandloperClient#decide(DecisionQuery)}. */
    public Decision decide(DecisionQuery query) {
        return await(client.decide(query));
    }

    /** See {@link ZandloperClient#profiles}. */
    public Batch<Optional<StoredProfile>> profiles(List<String> identities) {
        return await(client.profiles(identities));
    }

    /** See {@link ZandloperClient#testSegments(List, List)}. */
    public Batch<SegmentTest> testSegments(List<String> identities, List<String> segments) {
        return await(client.testSegments(identities, segments));
    }

    /** See {@link ZandloperClient#segments(List)}. */
    public Batch<SegmentList> segments(List<String> identities) {
        return await(client.segments(identities));
    }

    /** See {@link ZandloperClient#decide(List, DecisionQuery)}. */
    public Batch<Decision> decide(List<String> identities, DecisionQuery query) {
        return await(client.decide(identities, query));
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
