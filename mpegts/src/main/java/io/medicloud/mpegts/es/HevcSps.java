// SPDX-License-Identifier: Apache-2.0
package io.medicloud.mpegts.es;

import org.jspecify.annotations.Nullable;

/**
 * A sequence parameter set of H.265's base layer (23008-2, 7.3.2.2 and E.2.1). Damage behind the size costs no more than
 * the frame rate.
 */
final class HevcSps {
    private static final int MOST_SAMPLES_A_SIDE = 1 << 16;
    private static final int CHROMA_444 = 3;
    /** A level is counted in thirtieths (A.4.1). */
    private static final int LEVEL_UNIT = 30;

    private static final int SIZES = 4;
    private static final int MATRICES = 6;

    private HevcSps() {}

    /** From the payload behind the two-byte NAL unit header; null if it does not even tell the size. */
    static @Nullable VideoFormat parse(byte[] rbsp, int length) {
        BitReader in = new BitReader(rbsp, length);
        in.skip(4);
        int subLayers = in.u(3);
        in.skip(1);
        ProfileTierLevel general = ProfileTierLevel.read(in, subLayers);
        in.ue();
        int chroma = in.ue(CHROMA_444);
        if (chroma == CHROMA_444) {
            in.skip(1);
        }
        int width = in.ue(MOST_SAMPLES_A_SIDE);
        int height = in.ue(MOST_SAMPLES_A_SIDE);
        if (in.isBroken() || width == 0 || height == 0) {
            return null;
        }
        if (in.flag()) {
            int unitX = chroma == 1 || chroma == 2 ? 2 : 1;
            int unitY = chroma == 1 ? 2 : 1;
            int acrossWidth = unitX * (in.ue(width) + in.ue(width));
            int acrossHeight = unitY * (in.ue(height) + in.ue(height));
            if (!in.isBroken() && acrossWidth < width && acrossHeight < height) {
                width -= acrossWidth;
                height -= acrossHeight;
            }
        }
        skipToUsability(in, subLayers);
        boolean fields = general.interlaced();
        double frameRate = 0;
        if (!in.isBroken() && in.flag()) {
            VideoUsability.skipFront(in);
            // neutral_chroma_indication_flag
            in.skip(1);
            // field_seq_flag: pictures are fields; sizes and rates are those of pictures.
            fields |= in.flag();
            // frame_field_info_present_flag
            in.skip(1);
            if (in.flag()) {
                skipWindow(in);
            }
            frameRate = readPictureRate(in);
        }
        return new VideoFormat(
                general.profileName(), general.levelName(), width, height, in.isBroken() ? 0 : frameRate, fields);
    }

    /** Over profile_tier_level (7.3.3). */
    static void skipProfileTierLevel(BitReader in, int subLayers) {
        ProfileTierLevel.read(in, subLayers);
    }

    /** profile_tier_level (7.3.3): the general part; those of sub-layers are skipped. */
    private record ProfileTierLevel(int profile, int level, boolean interlaced) {
        static ProfileTierLevel read(BitReader in, int subLayers) {
            in.skip(3);
            int profile = in.u(5);
            for (int i = 0; i < 32; i++) {
                boolean compatible = in.flag();
                if (profile == 0 && compatible) {
                    profile = i;
                }
            }
            boolean progressive = in.flag();
            boolean interlaced = in.flag();
            in.skip(46);
            int level = in.u(8);
            int sizes = 0;
            for (int i = 0; i < subLayers; i++) {
                sizes += (in.flag() ? 88 : 0) + (in.flag() ? 8 : 0);
            }
            if (subLayers > 0) {
                in.skip(2 * (8 - subLayers));
            }
            in.skip(sizes);
            return new ProfileTierLevel(profile, level, interlaced && !progressive);
        }

        @Nullable
        String profileName() {
            return switch (profile) {
                case 1 -> "Main";
                case 2 -> "Main 10";
                case 3 -> "Main Still Picture";
                case 4 -> "Rext";
                case 9 -> "Scc";
                default -> null;
            };
        }

        @Nullable
        String levelName() {
            return level == 0 ? null : level / LEVEL_UNIT + "." + level % LEVEL_UNIT / (LEVEL_UNIT / 10);
        }
    }

    /** From bit_depth_luma_minus8 to strong_intra_smoothing_enabled_flag. */
    private static void skipToUsability(BitReader in, int subLayers) {
        in.ue();
        in.ue();
        int pocBits = in.ue(12) + 4;
        for (int i = in.flag() ? 0 : subLayers; i <= subLayers; i++) {
            in.ue();
            in.ue();
            in.ue();
        }
        for (int i = 0; i < 6; i++) {
            in.ue();
        }
        boolean scalingLists = in.flag();
        if (scalingLists && in.flag()) {
            skipScalingLists(in);
        }
        // amp_enabled_flag, sample_adaptive_offset_enabled_flag
        in.skip(2);
        if (in.flag()) {
            in.skip(8);
            in.ue();
            in.ue();
            in.skip(1);
        }
        HevcReferenceSets.skip(in);
        if (in.flag()) {
            int longTerm = in.ue(32);
            in.skip(longTerm * (pocBits + 1));
        }
        in.skip(2);
    }

    /** scaling_list_data (7.3.4) */
    private static void skipScalingLists(BitReader in) {
        for (int size = 0; size < SIZES; size++) {
            for (int matrix = 0; matrix < MATRICES && !in.isBroken(); matrix += size == SIZES - 1 ? 3 : 1) {
                if (!in.flag()) {
                    in.ue();
                    continue;
                }
                int coefficients = Math.min(64, 1 << (4 + 2 * size));
                for (int i = size > 1 ? -1 : 0; i < coefficients; i++) {
                    in.se();
                }
            }
        }
    }

    private static void skipWindow(BitReader in) {
        for (int i = 0; i < 4; i++) {
            in.ue();
        }
    }

    private static double readPictureRate(BitReader in) {
        if (!in.flag()) {
            return 0;
        }
        long unitsInTick = in.bits(32);
        long timeScale = in.bits(32);
        return VideoFormat.frameRate(timeScale, unitsInTick);
    }
}
