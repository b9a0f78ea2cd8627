/**
 * The admin port, for operators and their tools: health, metrics, latencies, status. It has two threads of its own and
 * the JDK's HTTP server, so that it answers while the event loops are busy or stuck.
 */
@NullMarked
package io.zandloper.server.admin;

import org.jspecify.annotations.NullMarked;
