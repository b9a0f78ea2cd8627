/**
 * The HTTP port: JSON over HTTP/1.1, on event loops of its own.
 *
 * <pre>
 * socket → HttpServerCodec → {@link HttpConnection} → {@link RouteTable} → one resource → {@link Response} → socket
 *                            (one request at a time)
 * </pre>
 *
 * <p>{@link HttpConnection} takes requests one by one, so answers keep the order of the requests however many are
 * pipelined, and it reads from its socket only what it can handle, so a connection's memory is bounded. A call either
 * gets its whole body or, where bodies are streamed ({@link NdjsonStream}), the bytes as they come. The calls themselves
 * are methods of the {@code …Resource} classes, listed in {@link RouteTable}; they run on the connection's event loop,
 * never wait there, and answer through {@link Exchange}.
 */
@NullMarked
package io.zandloper.server.http;

import org.jspecify.annotations.NullMarked;
