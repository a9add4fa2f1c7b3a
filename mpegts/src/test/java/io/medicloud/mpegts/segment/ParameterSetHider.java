// SPDX-License-Identifier: Apache-2.0
package io.medicloud.mpegts.segment;

/** Makes filler data of all parameter sets of a stream but those of its first picture, as encoders do not send them that say them once. */
final class ParameterSetHider {
    private static final int AVC_FILLER = 12;
    private static final int HEVC_FILLER = 38 << 1;

    private ParameterSetHider() {}

    /** {@code stream} is of H.264 or H.265, with its parameter sets in the first transport packet of PES packets. */
    static byte[] hide(byte[] stream, boolean hevc) {
        byte[] out = stream.clone();
        boolean seen = false;
        for (int at = 0; at < out.length; at += 188) {
            boolean start = (out[at + 1] & 0x40) != 0 && (out[at + 2] & 0xFF) == 0 && (out[at + 1] & 0x1F) == 1;
            if (start && seen) {
                hide(out, at, hevc);
            }
            seen |= start;
        }
        return out;
    }

    private static void hide(byte[] out, int from, boolean hevc) {
        for (int i = from + 4; i + 3 < from + 188; i++) {
            if (out[i] == 0 && out[i + 1] == 0 && out[i + 2] == 1) {
                int header = out[i + 3] & 0xFF;
                int type = hevc ? header >> 1 : header & 0x1F;
                if (hevc ? type >= 32 && type <= 34 : type == 7 || type == 8) {
                    out[i + 3] = (byte) (hevc ? HEVC_FILLER : AVC_FILLER);
                }
            }
        }
    }
}
