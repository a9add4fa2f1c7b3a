// SPDX-License-Identifier: Apache-2.0
package io.medicloud.srt.crypto;

/** The byte arrays that ciphers of one thread share, so that a packet costs none. */
public final class CipherWorkspace {
    /** Largest payload: what an Ethernet jumbo frame could carry. */
    static final int CAPACITY = 9216;

    private static final int INITIAL_CAPACITY = 1536;

    private byte[] text = new byte[INITIAL_CAPACITY];
    private byte[] result = new byte[INITIAL_CAPACITY];

    /** At least {@code length} bytes for what goes in. */
    byte[] text(int length) {
        if (text.length < length) {
            grow(length);
        }
        return text;
    }

    /** As many bytes for what comes out. */
    byte[] result(int length) {
        if (result.length < length) {
            grow(length);
        }
        return result;
    }

    private void grow(int length) {
        if (length > CAPACITY) {
            throw new IllegalArgumentException("a payload of " + length + " bytes");
        }
        text = new byte[CAPACITY];
        result = new byte[CAPACITY];
    }
}
