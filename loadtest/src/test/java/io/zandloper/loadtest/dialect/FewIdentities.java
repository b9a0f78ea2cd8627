package io.zandloper.loadtest.dialect;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;

/** Those that are named, in their order. */
final class FewIdentities implements Identities {
    private final byte[][] texts;

    FewIdentities(String... texts) {
        this.texts = new byte[texts.length][];
        for (int i = 0; i < texts.length; i++) {
            this.texts[i] = texts[i].getBytes(UTF_8);
        }
    }

    @Override
    public int size() {
        return texts.length;
    }

    @Override
    public int lengthBytes(int index) {
        return texts[index].length;
    }

    @Override
    public int lengthBytesMax() {
        int max = 0;
        for (final byte[] text : texts) {
            max = Math.max(max, text.length);
        }
        return max;
    }

    @Override
    public void put(int index, ByteBuffer out, int at) {
        out.put(at, texts[index]);
    }

    @Override
    public long number(int index) {
        return index;
    }
}
