/**
 * The Java client. {@link io.zandloper.protocol.client.ZandloperClient} is the way in; it answers with futures, and
 * {@link io.zandloper.protocol.client.BlockingClient} is the same for code that would rather wait.
 *
 * <p>The only package of this module that uses Netty.
 */
@NullMarked
package io.zandloper.protocol.client;

import org.jspecify.annotations.NullMarked;
