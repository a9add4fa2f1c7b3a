// SPDX-License-Identifier: Apache-2.0
package io.medicloud.mpegts.es;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** AAC in a low overhead audio stream (14496-3, 1.7): the first layer of the first program. */
final class LatmFrame implements AudioFrame {
    private static final int HEADER = 3;
    private static final int ESCAPE = 31;
    private static final int EXPLICIT_RATE = 15;
    /** syncExtensionType: SBR, or parametric stereo, behind a configuration that does not know them. */
    private static final int SBR_FOLLOWS = 0x2B7;

    private static final int PARAMETRIC_STEREO_FOLLOWS = 0x548;

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
            // taraBufferFullness
            readValue(in);
        }
        // allStreamsSameTimeFraming, numSubFrames, numProgram, numLayer
        in.skip(1 + 6 + 4 + 3);
        long configurationBits = version1 ? readValue(in) : 0;
        return readConfiguration(in, in.position() + configurationBits);
    }

    /** LatmGetValue (table 1.43) */
    private static long readValue(BitReader in) {
        return in.bits(8 * (in.u(2) + 1));
    }

    /** AudioSpecificConfig (table 1.15) up to this bit, if its length is given; with explicit SBR the rate behind it. */
    private static @Nullable AudioHeader readConfiguration(BitReader in, long end) {
        int type = readType(in);
        int rate = readRate(in);
        int configuration = in.u(4);
        int channels = AdtsFrame.channels(configuration);
        if (type == AacProfile.SBR || type == AacProfile.PARAMETRIC_STEREO) {
            rate = readRate(in);
            channels = type == AacProfile.PARAMETRIC_STEREO ? 2 : channels;
        } else if (AacProfile.isGeneral(type) && configuration != 0) {
            skipGeneral(in);
            if (end - in.position() >= 16 && in.u(11) == SBR_FOLLOWS && readType(in) == AacProfile.SBR && in.flag()) {
                type = AacProfile.SBR;
                rate = readRate(in);
            }
            if (type == AacProfile.SBR
                    && end - in.position() >= 12
                    && in.u(11) == PARAMETRIC_STEREO_FOLLOWS
                    && in.flag()) {
                type = AacProfile.PARAMETRIC_STEREO;
                channels = 2;
            }
        }
        return in.isBroken() || rate == 0 ? null : new AudioHeader("aac_latm", AacProfile.of(type), rate, channels);
    }

    /** GASpecificConfig (table 4.1) of the first four types: frameLengthFlag, dependsOnCoreCoder, extensionFlag. */
    private static void skipGeneral(BitReader in) {
        in.skip(1);
        if (in.flag()) {
            // coreCoderDelay
            in.skip(14);
        }
        in.skip(1);
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
