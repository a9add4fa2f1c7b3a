// SPDX-License-Identifier: Apache-2.0
package io.medicloud.mpegts.es;

import org.jspecify.annotations.Nullable;

/**
 * A sequence parameter set of H.264 (14496-10, 7.3.2.1.1 and E.1.1). What stands in front of a damaged part is kept.
 *
 * @param format profile, level, size and frame rate
 * @param separateColourPlanes separate_colour_plane_flag
 * @param frameNumBits log2_max_frame_num
 * @param adaptiveFields mb_adaptive_frame_field_flag
 * @param picStructOffset where pic_struct stands in a picture timing message, in bits; -1 if there is none
 */
record AvcSps(
        VideoFormat format,
        boolean separateColourPlanes,
        int frameNumBits,
        boolean adaptiveFields,
        int picStructOffset) {
    private static final int MOST_MACROBLOCKS_A_SIDE = 1 << 12;
    private static final int MOST_CPB_COUNT = 31;
    private static final int CHROMA_444 = 3;
    private static final int LEVEL_1B = 9;

    /** Null if it does not even tell the size. */
    static @Nullable AvcSps parse(byte[] rbsp, int length) {
        BitReader in = new BitReader(rbsp, length);
        int profile = in.u(8);
        int constraints = in.u(8);
        int level = in.u(8);
        in.ue();
        int chroma = 1;
        boolean separatePlanes = false;
        if (hasChroma(profile)) {
            chroma = in.ue(CHROMA_444);
            separatePlanes = chroma == CHROMA_444 && in.flag();
            in.ue();
            in.ue();
            // qpprime_y_zero_transform_bypass_flag
            in.skip(1);
            if (in.flag()) {
                skipScalingMatrix(in, chroma == CHROMA_444 ? 12 : 8);
            }
        }
        int frameNumBits = in.ue(12) + 4;
        skipPictureOrder(in);
        // max_num_ref_frames, gaps_in_frame_num_value_allowed_flag
        in.ue();
        in.skip(1);
        int width = 16 * (in.ue(MOST_MACROBLOCKS_A_SIDE) + 1);
        int mapUnits = in.ue(MOST_MACROBLOCKS_A_SIDE) + 1;
        boolean frameMbsOnly = in.flag();
        int height = (frameMbsOnly ? 16 : 32) * mapUnits;
        if (in.isBroken()) {
            return null;
        }
        boolean adaptiveFields = !frameMbsOnly && in.flag();
        // direct_8x8_inference_flag
        in.skip(1);
        if (in.flag()) {
            int unitX = chroma == 1 || chroma == 2 ? 2 : 1;
            int unitY = (chroma == 1 ? 2 : 1) * (frameMbsOnly ? 1 : 2);
            int acrossWidth = unitX * (in.ue(width) + in.ue(width));
            int acrossHeight = unitY * (in.ue(height) + in.ue(height));
            if (!in.isBroken() && acrossWidth < width && acrossHeight < height) {
                width -= acrossWidth;
                height -= acrossHeight;
            }
        }
        double frameRate = 0;
        int picStructOffset = -1;
        if (in.flag()) {
            VideoUsability.skipFront(in);
            frameRate = readFrameRate(in);
            picStructOffset = readPicStructOffset(in);
        }
        VideoFormat format = new VideoFormat(
                profileName(profile, constraints),
                levelName(profile, constraints, level),
                width,
                height,
                frameRate,
                !frameMbsOnly);
        return new AvcSps(format, separatePlanes, frameNumBits, adaptiveFields, picStructOffset);
    }

    private static boolean hasChroma(int profile) {
        return switch (profile) {
            case 100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135 -> true;
            default -> false;
        };
    }

    private static void skipScalingMatrix(BitReader in, int lists) {
        for (int list = 0; list < lists && !in.isBroken(); list++) {
            if (in.flag()) {
                skipScalingList(in, list < 6 ? 16 : 64);
            }
        }
    }

    /** 7.3.2.1.1.1 */
    private static void skipScalingList(BitReader in, int size) {
        int last = 8;
        int next = 8;
        for (int j = 0; j < size && next != 0; j++) {
            next = (last + in.se()) & 0xFF;
            last = next == 0 ? last : next;
        }
    }

    private static void skipPictureOrder(BitReader in) {
        int type = in.ue(2);
        if (type == 0) {
            in.ue();
        } else if (type == 1) {
            in.skip(1);
            in.se();
            in.se();
            int cycle = in.ue(255);
            for (int i = 0; i < cycle; i++) {
                in.se();
            }
        }
    }

    /** A tick is the time of a field (E.2.1). */
    private static double readFrameRate(BitReader in) {
        if (!in.flag()) {
            return 0;
        }
        long unitsInTick = in.bits(32);
        long timeScale = in.bits(32);
        in.skip(1);
        return in.isBroken() ? 0 : VideoFormat.frameRate(timeScale, 2 * unitsInTick);
    }

    private static int readPicStructOffset(BitReader in) {
        int delays = 0;
        boolean nal = in.flag();
        if (nal) {
            delays = readDelayBits(in);
        }
        boolean vcl = in.flag();
        if (vcl) {
            delays = readDelayBits(in);
        }
        if (nal || vcl) {
            // low_delay_hrd_flag
            in.skip(1);
        }
        boolean picStruct = in.flag();
        return picStruct && !in.isBroken() ? delays : -1;
    }

    /** hrd_parameters (E.1.2); returns the bits of cpb_removal_delay and dpb_output_delay. */
    private static int readDelayBits(BitReader in) {
        int count = in.ue(MOST_CPB_COUNT) + 1;
        in.skip(8);
        for (int i = 0; i < count; i++) {
            in.ue();
            in.ue();
            in.skip(1);
        }
        in.skip(5);
        int bits = in.u(5) + 1 + in.u(5) + 1;
        in.skip(5);
        return bits;
    }

    /** A.2 */
    private static @Nullable String profileName(int profile, int constraints) {
        boolean set1 = (constraints & 0x40) != 0;
        boolean set3 = (constraints & 0x10) != 0;
        return switch (profile) {
            case 66 -> set1 ? "Constrained Baseline" : "Baseline";
            case 77 -> "Main";
            case 88 -> "Extended";
            case 100 -> "High";
            case 110 -> set3 ? "High 10 Intra" : "High 10";
            case 122 -> set3 ? "High 4:2:2 Intra" : "High 4:2:2";
            case 144 -> "High 4:4:4";
            case 244 -> set3 ? "High 4:4:4 Intra" : "High 4:4:4 Predictive";
            case 44 -> "CAVLC 4:4:4";
            case 118 -> "Multiview High";
            case 128 -> "Stereo High";
            default -> null;
        };
    }

    /** A.3.1 and A.3.2 */
    private static @Nullable String levelName(int profile, int constraints, int level) {
        boolean oldProfile = profile == 66 || profile == 77 || profile == 88;
        if (level == LEVEL_1B || (oldProfile && level == 11 && (constraints & 0x10) != 0)) {
            return "1b";
        }
        return level == 0 ? null : level / 10 + "." + level % 10;
    }
}
