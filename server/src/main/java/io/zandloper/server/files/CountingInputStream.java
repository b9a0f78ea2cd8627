package io.zandloper.server.files;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/** Counts what is taken out of a stream by whoever buffers it. */
final class CountingInputStream extends FilterInputStream {
    private long count;

    CountingInputStream(InputStream source) {
        super(source);
    }

    long count() {
        return count;
    }

    @Override
    public int read() throws IOException {
        final int value = super.read();
        if (value >= 0) {
            count++;
        }
        return value;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        final int read = super.read(target, offset, length);
        if (read > 0) {
            count += read;
        }
        return read;
    }
}
