/**
 * Replication: how a replica gets everything a primary holds, and every change of it within milliseconds.
 *
 * <p>Two state machines do it, {@link io.zandloper.server.replication.SourceSession} and {@link
 * io.zandloper.server.replication.FollowerSession}. They know no socket, thread or clock: what happened comes in, what is to
 * be sent goes out, so that a test drives both on one thread from a seed. Around them are the network ({@code Netty…}) and
 * the parts that outlive a connection. What goes over the wire stands in {@code protocol/REPLICATION.md}.
 */
@NullMarked
package io.zandloper.server.replication;

import org.jspecify.annotations.NullMarked;
