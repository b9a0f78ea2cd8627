/**
 * The Java client. {@link io.zandloper.protocol.client.ZandloperClient} is the way in; it answers with futures, and
 * {@link io.zandloper.protocol.client.BlockingClient} is the same for code that would rather wait.
 *
 * <p>To begin:
 *
 * <pre>{@code
 * try (ZandloperClient client = ZandloperClient.builder("127.0.0.1:7400").connect()) {
 *     BlockingClient blocking = client.blocking();
 *     blocking.upsert(ProfileChange.merge("crm:10042").attribute("age", 61L).addSegment("high-value"));
 *
 *     SegmentTest test = blocking.testSegments("crm:10042", List.of("high-value", "senior"));
 *     Decision decision = blocking.decide(DecisionQuery.forProfile("crm:10042").placement("web-hero", 3));
 * }
 * }</pre>
 *
 * <p>A primary and its replicas, in any order. Writes find the primary; reads keep off it, and still see what was written:
 *
 * <pre>{@code
 * try (ZandloperClient client = ZandloperClient.builder("10.0.0.1:7400", "10.0.0.2:7400")
 *         .readPreference(ReadPreference.REPLICA)
 *         .connect()) {
 *     UpsertResult written = client.upsert(ProfileChange.merge("crm:10042").addSegment("cart")).join();
 *     SegmentList own = client.withMinSequence(written.sequence()).segments("crm:10042").join();
 * }
 * }</pre>
 *
 * <p>What can go wrong has four names, and a refusal says by its kind what to do about it:
 *
 * <pre>{@code
 * try {
 *     blocking.record(ProfileEvent.of("crm:10042", "convert").id("order-77").offer("loan"));
 * } catch (RequestRejectedException refused) {
 *     switch (refused.kind()) {
 *         case CALLER -> report(refused.errors());
 *         default -> retryLater("order-77");
 *     }
 * } catch (ConnectionLostException | CallTimeoutException unknown) {
 *     // It may have been done. An event with an id counts once, however often it is sent.
 *     retryLater("order-77");
 * } catch (TooManyCallsException busy) {
 *     retryLater("order-77");
 * }
 * }</pre>
 *
 * <p>The only package of this module that uses Netty.
 */
@NullMarked
package io.zandloper.protocol.client;

import org.jspecify.annotations.NullMarked;
