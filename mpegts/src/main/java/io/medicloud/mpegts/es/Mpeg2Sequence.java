// SPDX-License-Identifier: Apache-2.0
package io.medicloud.mpegts.es;

import org.jspecify.annotations.Nullable;

/** A sequence header (13818-2, 6.2.2.1), with the sequence extension (6.2.2.3) where there is one; MPEG-1 has none. */
final class Mpeg2Sequence {
    /** Bytes of the sequence header in front of its matrices. */
    static final int HEADER_BYTES = 8;

    /** Bytes of the sequence extension, with its identifier. */
    static final int EXTENSION_BYTES = 6;

    private static final double[] FRAME_RATES = {0, 24000 / 1001.0, 24, 25, 30000 / 1001.0, 30, 50, 60000 / 1001.0, 60};
    private static final @Nullable String[] PROFILES = {
        null, "High", "Spatially Scalable", "SNR Scalable", "Main", "Simple"
    };

    private Mpeg2Sequence() {}

    /** From the bytes behind the start codes, header and extension one after the other. */
    static @Nullable VideoFormat parse(byte[] data, int length) {
        if (length < HEADER_BYTES) {
            return null;
        }
        BitReader in = new BitReader(data, length);
        int width = in.u(12);
        int height = in.u(12);
        in.skip(4);
        int rateCode = in.u(4);
        double rate = rateCode < FRAME_RATES.length ? FRAME_RATES[rateCode] : 0;
        in.skip(8 * HEADER_BYTES - 32);
        if (length < HEADER_BYTES + EXTENSION_BYTES) {
            return width == 0 || height == 0 ? null : new VideoFormat(null, null, width, height, rate, false);
        }
        in.skip(4);
        int profileAndLevel = in.u(8);
        boolean progressive = in.flag();
        in.skip(2);
        width |= in.u(2) << 12;
        height |= in.u(2) << 12;
        // bit_rate_extension, marker_bit, vbv_buffer_size_extension, low_delay
        in.skip(12 + 1 + 8 + 1);
        rate *= in.u(2) + 1;
        rate /= in.u(5) + 1;
        if (width == 0 || height == 0) {
            return null;
        }
        return new VideoFormat(
                profileName(profileAndLevel), levelName(profileAndLevel), width, height, rate, !progressive);
    }

    /** Table 8-2; with the escape bit set, 8-5 */
    private static @Nullable String profileName(int profileAndLevel) {
        int profile = profileAndLevel >> 4;
        if ((profileAndLevel & 0x80) != 0) {
            return (profileAndLevel & 0x0F) == 0x02 || (profileAndLevel & 0x0F) == 0x05 ? "4:2:2" : null;
        }
        return profile < PROFILES.length ? PROFILES[profile] : null;
    }

    /** Table 8-3 */
    private static @Nullable String levelName(int profileAndLevel) {
        return switch (profileAndLevel & 0x0F) {
            case 4, 2 -> "High";
            case 6 -> "High 1440";
            case 8, 5 -> "Main";
            case 10 -> "Low";
            default -> null;
        };
    }
}
