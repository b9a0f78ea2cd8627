package io.zandloper.server.realinput;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** One kept connection over which requests go out in batches before their answers are read, in the same order. */
final class PipelinedHttp implements Closeable {
    private static final int BATCH = 64;
    private static final int TIMEOUT_MILLIS = 60_000;

    private final Socket socket;
    private final String authority;
    private final InputStream in;
    private final OutputStream out;

    /** @param body text; empty for none */
    record Request(String method, String path, String body) {
        static Request get(String path) {
            return new Request("GET", path, "");
        }
    }

    record Answer(int status, byte[] body) {}

    interface AnswerHandler {
        void onAnswer(int index, Answer answer) throws IOException;
    }

    /** @param authority host and port */
    PipelinedHttp(String authority) throws IOException {
        final int colon = authority.lastIndexOf(':');
        this.authority = authority;
        this.socket = new Socket();
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(TIMEOUT_MILLIS);
        socket.connect(
                new InetSocketAddress(authority.substring(0, colon), Integer.parseInt(authority.substring(colon + 1))));
        this.in = new BufferedInputStream(socket.getInputStream(), 1 << 16);
        this.out = new BufferedOutputStream(socket.getOutputStream(), 1 << 16);
    }

    Answer get(String path) throws IOException {
        final List<Answer> answers = new ArrayList<>();
        exchange(List.of(Request.get(path)), (index, answer) -> answers.add(answer));
        return answers.get(0);
    }

    void exchange(List<Request> requests, AnswerHandler handler) throws IOException {
        for (int from = 0; from < requests.size(); from += BATCH) {
            final int to = Math.min(from + BATCH, requests.size());
            for (Request request : requests.subList(from, to)) {
                send(request);
            }
            out.flush();
            for (int index = from; index < to; index++) {
                handler.onAnswer(index, receive());
            }
        }
    }

    private void send(Request request) throws IOException {
        final byte[] body = request.body().getBytes(UTF_8);
        final StringBuilder head = new StringBuilder(200)
                .append(request.method() + " " + request.path() + " HTTP/1.1\r\nHost: " + authority + "\r\n");
        if (body.length > 0) {
            head.append("Content-Type: application/json\r\nContent-Length: " + body.length + "\r\n");
        }
        out.write(head.append("\r\n").toString().getBytes(ISO_8859_1));
        out.write(body);
    }

    private Answer receive() throws IOException {
        final int status = Integer.parseInt(line().split(" ", 3)[1]);
        int length = 0;
        boolean chunked = false;
        for (String header = line(); !header.isEmpty(); header = line()) {
            final String lower = header.toLowerCase(Locale.ROOT);
            if (lower.startsWith("content-length:")) {
                length = Integer.parseInt(
                        lower.substring("content-length:".length()).trim());
            } else if (lower.startsWith("transfer-encoding:")) {
                chunked = lower.contains("chunked");
            }
        }
        return new Answer(status, chunked ? chunks() : exactly(length));
    }

    private byte[] chunks() throws IOException {
        final ByteArrayOutputStream body = new ByteArrayOutputStream();
        for (int size = Integer.parseInt(line(), 16); size > 0; size = Integer.parseInt(line(), 16)) {
            body.write(exactly(size));
            line();
        }
        line();
        return body.toByteArray();
    }

    private byte[] exactly(int length) throws IOException {
        final byte[] bytes = in.readNBytes(length);
        if (bytes.length < length) {
            throw new EOFException("the server closed the connection within an answer");
        }
        return bytes;
    }

    private String line() throws IOException {
        final StringBuilder line = new StringBuilder(80);
        for (int next = in.read(); next != '\n'; next = in.read()) {
            if (next < 0) {
                throw new EOFException("the server closed the connection before an answer");
            }
            if (next != '\r') {
                line.append((char) next);
            }
        }
        return line.toString();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
