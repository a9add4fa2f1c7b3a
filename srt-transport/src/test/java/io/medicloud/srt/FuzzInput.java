// SPDX-License-Identifier: Apache-2.0
package io.medicloud.srt;

import java.util.Arrays;

/** Reads a fuzzer's bytes as the choices of a story; zeros follow their end. */
public final class FuzzInput {
    private final byte[] bytes;
    private int at;

    public FuzzInput(byte[] bytes) {
        this.bytes = bytes;
    }

    /** Fails unless something holds: an assertion that costs next to nothing, for what is asked at each step of a story. */
    public static void require(boolean holds, String what) {
        if (!holds) {
            throw new AssertionError(what);
        }
    }

    public boolean hasMore() {
        return at < bytes.length;
    }

    /** 0 to 255. */
    public int next() {
        return hasMore() ? bytes[at++] & 0xFF : 0;
    }

    /** -128 to 127. */
    public int nextSigned() {
        return (byte) next();
    }

    /** 0 to 65535. */
    public int nextShort() {
        return next() << 8 | next();
    }

    public int nextInt() {
        return nextShort() << 16 | nextShort();
    }

    /** That many bytes, fewer at the end. */
    public byte[] nextBytes(int length) {
        byte[] taken = Arrays.copyOfRange(bytes, at, Math.min(bytes.length, at + length));
        at += taken.length;
        return taken;
    }
}
