/**
 * Replication: how a replica gets everything a primary holds, and every change of it within milliseconds.
 *
 * <p>Two state machines do it, {@link io.zandloper.server.replication.SourceSession} and {@link
 * io.zandloper.server.replication.FollowerSession}. They know no socket, thread or clock: what happened comes in, what is to
 * be sent goes out. Around them are the parts that outlive a connection, over a {@code ReplicationLoop}; a test drives all of it
 * on one thread from a seed, a server over the network ({@code NettyLoop}, {@code Wire}). What goes over the wire stands in
 * {@code protocol/REPLICATION.md}.
 */
@NullMarked
package io.zandloper.server.replication;

import org.jspecify.annotations.NullMarked;
