// SPDX-License-Identifier: Apache-2.0
package io.medicloud.mpegts.es;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** AAC in a low overhead audio stream (14496-3, 1.7): the first layer of the first program. */
final class LatmFrame implements AudioFrame {
    private static final int HEADER = 3;
    private static final int SBR = 5;
    private static final int PARAMETRIC_STEREO = 29;
    private static final int ESCAPE = 31;
    private static final int EXPLICIT_RATE = 15;

    @Override
    public int length(byte[] data, int at) {
        if ((AudioFrame.word(data, at) & 0xFFE0) != 0x56E0) {
            return 0;
        }
        int length = (data[at + 1] & 0x1F) << 8 | (data[at + 2] & 0xFF);
        return length == 0 ? 0 : HEADER + length;
    }

    @Override
    public @Nullable AudioHeader header(byte[] data, int at, int end) {
        byte[] element = Arrays.copyOfRange(data, at + HEADER, Math.min(end, at + HEADER + 64));
        BitReader in = new BitReader(element, element.length);
        if (in.flag()) {
            // useSameStreamMux: another frame says it.
            return null;
        }
        boolean version1 = in.flag();
        if (version1 && in.flag()) {
            // audioMuxVersionA 1 is reserved.
            return null;
        }
        if (version1) {
            skipValue(in);
        }
        // allStreamsSameTimeFraming, numSubFrames, numProgram, numLayer
        in.skip(1 + 6 + 4 + 3);
        if (version1) {
            skipValue(in);
        }
        return readConfiguration(in);
    }

    /** LatmGetValue (table 1.43) */
    private static void skipValue(BitReader in) {
        in.skip(8 * (in.u(2) + 1));
    }

    /** AudioSpecificConfig (table 1.15); with explicit SBR the rate after it. */
    private static @Nullable AudioHeader readConfiguration(BitReader in) {
        int type = readType(in);
        int rate = readRate(in);
        int channels = AdtsFrame.channels(in.u(4));
        if (type == SBR || type == PARAMETRIC_STEREO) {
            rate = readRate(in);
            channels = type == PARAMETRIC_STEREO ? 2 : channels;
        }
        return in.isBroken() || rate == 0 ? null : new AudioHeader("aac_latm", rate, channels);
    }

    private static int readType(BitReader in) {
        int type = in.u(5);
        return type == ESCAPE ? 32 + in.u(6) : type;
    }

    private static int readRate(BitReader in) {
        int index = in.u(4);
        return index == EXPLICIT_RATE ? in.u(24) : AdtsFrame.sampleRate(index);
    }
}
