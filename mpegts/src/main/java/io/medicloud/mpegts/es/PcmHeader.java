// SPDX-License-Identifier: Apache-2.0
package io.medicloud.mpegts.es;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/** The header of a PES packet with uncompressed sound (SMPTE ST 302, 6.3). */
public final class PcmHeader {
    private static final int BYTES = 4;
    private static final int SAMPLE_RATE = 48_000;

    private PcmHeader() {}

    /** Reads it at the beginning of a PES packet's payload, lent; null if it does not lie there in one piece. */
    public static @Nullable AudioHeader read(ByteBuf data, int from, int to) {
        if (to - from < BYTES) {
            return null;
        }
        int pairs = data.getUnsignedByte(from + 2) >> 6; // number_channels
        return new AudioHeader("s302m", SAMPLE_RATE, 2 * (pairs + 1));
    }
}
