/**
 * The binary port. Bytes go one way through it, on one event loop from end to end:
 *
 * <pre>
 *  socket → {@link io.zandloper.server.wire.FrameDecoder} → {@link io.zandloper.server.wire.RequestHandler}
 *                                                                      ↓ reads through a StorageReader, decides
 *  socket ← {@link io.zandloper.server.wire.Connection}   ← {@link io.zandloper.server.wire.ResponseEncoder}
 * </pre>
 *
 * A decoder and a connection for each socket; a handler and an encoder for each event loop. Only what has to wait leaves
 * this path: a write waits for the writer's answer, a request for its minimum sequence, and both come back to their own
 * event loop.
 */
@NullMarked
package io.zandloper.server.wire;

import org.jspecify.annotations.NullMarked;
