// SPDX-License-Identifier: Apache-2.0
package io.medicloud.pipeline.store;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;

/** Are two streams of bytes the same to their ends? */
final class SameBytes {
    private static final int PIECE = 64 * 1024;

    private SameBytes() {}

    static boolean compare(InputStream a, InputStream b) throws IOException {
        byte[] fromA = new byte[PIECE];
        byte[] fromB = new byte[PIECE];
        int readA;
        do {
            readA = a.readNBytes(fromA, 0, PIECE);
            int readB = b.readNBytes(fromB, 0, PIECE);
            if (readA != readB || !Arrays.equals(fromA, 0, readA, fromB, 0, readB)) {
                return false;
            }
        } while (readA == PIECE);
        return true;
    }
}
