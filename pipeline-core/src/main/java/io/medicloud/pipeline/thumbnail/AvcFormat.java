// SPDX-License-Identifier: Apache-2.0
package io.medicloud.pipeline.thumbnail;

/**
 * What a sequence parameter set of H.264 says of its pictures (14496-10, 7.3.2.1.1 and E.1.1), if they are such as are decoded here: frames of
 * 8 bits, 4:2:0.
 *
 * @param widthMbs in macroblocks
 * @param heightMbs in macroblocks
 * @param left luma samples to be cropped; so are the three that follow
 * @param sarWidth sample aspect ratio
 * @param sarHeight sample aspect ratio
 * @param fullRange video_full_range_flag
 * @param bt601 whether colours are by BT.601, otherwise by BT.709
 * @param hasScalingLists seq_scaling_matrix_present_flag
 * @param usabilityAt where vui_parameters_present_flag is in the parameter set, in bits
 */
record AvcFormat(
        int widthMbs,
        int heightMbs,
        int left,
        int top,
        int right,
        int bottom,
        int sarWidth,
        int sarHeight,
        boolean fullRange,
        boolean bt601,
        boolean hasScalingLists,
        int usabilityAt) {
    private static final String SCALING = "it has scaling lists of its own, which are not decoded for thumbnails";
    private static final int MB = 16;
    private static final int MOST_MBS_A_SIDE = 1 << 12;
    private static final int MOST_SETS = 31;
    /** Past that a sample aspect ratio is taken for a mistake. */
    private static final int MOST_STRETCH = 16;

    private static final int EXTENDED_SAR = 255;
    private static final int[][] SARS = {
        {1, 1}, {1, 1}, {12, 11}, {10, 11}, {16, 11}, {40, 33}, {24, 11}, {20, 11}, {32, 11}, {80, 33}, {18, 11},
        {15, 11}, {64, 33}, {160, 99}, {4, 3}, {3, 2}, {2, 1}
    };
    private static final int SMPTE_170M = 6;
    private static final int BT_470BG = 5;
    private static final int FCC = 4;
    private static final int BT_709 = 1;
    /** Pictures that do not say have the colours of BT.709 from this height on, as players assume. */
    private static final int LEAST_HD_HEIGHT = 720;

    /** Width of the cropped picture in luma samples. */
    int width() {
        return widthMbs * MB - left - right;
    }

    /** Height of the cropped picture in luma samples. */
    int height() {
        return heightMbs * MB - top - bottom;
    }

    /**
     * Reads one.
     *
     * @param rbsp the NAL unit without emulation prevention bytes, its header byte first
     * @throws UndecodableException if its pictures are not decoded here
     * @throws BadPictureException if it is damaged
     */
    static AvcFormat parse(byte[] rbsp) throws UndecodableException, BadPictureException {
        Rbsp in = new Rbsp(rbsp, 1);
        int profile = in.u(8);
        in.skip(16);
        in.ue(MOST_SETS);
        boolean hasScalingLists = readChroma(in, profile);
        in.ue(12);
        skipPictureOrder(in);
        in.ue(16);
        in.skip(1);
        int widthMbs = in.ue(MOST_MBS_A_SIDE - 1) + 1;
        int heightMbs = in.ue(MOST_MBS_A_SIDE - 1) + 1;
        boolean framesOnly = in.flag();
        if (in.isBroken()) {
            throw new BadPictureException("the sequence parameter set is damaged");
        }
        if (!framesOnly) {
            throw new UndecodableException("it is coded as interlaced, which is not decoded for thumbnails");
        }
        in.skip(1);
        int[] crop = new int[4];
        if (in.flag()) {
            for (int i = 0; i < crop.length; i++) {
                crop[i] = 2 * in.ue(MOST_MBS_A_SIDE * MB);
            }
        }
        if (in.isBroken() || crop[0] + crop[1] >= widthMbs * MB || crop[2] + crop[3] >= heightMbs * MB) {
            throw new BadPictureException("the sequence parameter set crops more than there is");
        }
        int height = heightMbs * MB - crop[2] - crop[3];
        int usabilityAt = in.position();
        Usability usability = Usability.read(in, height);
        return new AvcFormat(
                widthMbs,
                heightMbs,
                crop[0],
                crop[2],
                crop[1],
                crop[3],
                usability.sar[0],
                usability.sar[1],
                usability.fullRange,
                usability.bt601,
                hasScalingLists,
                usabilityAt);
    }

    /**
     * Reads what a picture parameter set says of it (7.3.2.2).
     *
     * @param rbsp the NAL unit without emulation prevention bytes, its header byte first
     * @throws UndecodableException if its pictures are not decoded here
     */
    void requireDecodable(byte[] rbsp) throws UndecodableException {
        Rbsp in = new Rbsp(rbsp, 1);
        in.ue();
        in.ue();
        in.skip(2);
        if (in.ue() > 0) {
            throw new UndecodableException("it has slice groups, which are not decoded for thumbnails");
        }
        in.ue();
        in.ue();
        in.skip(3);
        in.se();
        in.se();
        in.se();
        in.skip(3);
        if (in.hasMore()) {
            boolean is8x8 = in.flag();
            if (in.flag() && !ScalingLists.pass(in, is8x8 ? 8 : 6, hasScalingLists)) {
                throw new UndecodableException(SCALING);
            }
        }
    }

    /** Returns whether there are scaling lists. */
    private static boolean readChroma(Rbsp in, int profile) throws UndecodableException {
        switch (profile) {
            case 66, 77, 88 -> {
                return false;
            }
            case 100, 110, 122 -> {
                int chroma = in.ue(3);
                if (chroma != 1) {
                    String name = chroma == 0 ? "4:0:0" : chroma == 2 ? "4:2:2" : "4:4:4";
                    throw new UndecodableException(
                            "its colours are " + name + ": only 4:2:0 is decoded for thumbnails");
                }
                int depth = 8 + Math.max(in.ue(6), in.ue(6));
                if (depth > 8) {
                    throw new UndecodableException(
                            "it has " + depth + " bits a sample: only 8 are decoded for thumbnails");
                }
                if (in.flag()) {
                    throw new UndecodableException("it is coded without loss, which is not decoded for thumbnails");
                }
                boolean hasLists = in.flag();
                if (hasLists && !ScalingLists.pass(in, 8, false)) {
                    throw new UndecodableException(SCALING);
                }
                return hasLists;
            }
            default -> throw new UndecodableException("its profile, " + profile + ", is not decoded for thumbnails");
        }
    }

    private static void skipPictureOrder(Rbsp in) {
        int type = in.ue(2);
        if (type == 0) {
            in.ue(12);
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

    /** The part of the video usability information that a still picture needs. */
    private static final class Usability {
        private int[] sar = SARS[0];
        private boolean fullRange;
        private boolean bt601;

        static Usability read(Rbsp in, int height) {
            Usability read = new Usability();
            read.bt601 = height < LEAST_HD_HEIGHT;
            if (in.flag()) {
                read.readAspect(in);
                if (in.flag()) {
                    in.skip(1);
                }
                read.readColours(in);
            }
            return read;
        }

        private void readAspect(Rbsp in) {
            if (!in.flag()) {
                return;
            }
            int id = in.u(8);
            int[] said = SARS[0];
            if (id == EXTENDED_SAR) {
                said = new int[] {in.u(16), in.u(16)};
            } else if (id < SARS.length) {
                said = SARS[id];
            }
            boolean isSane = said[0] > 0
                    && said[1] > 0
                    && said[0] <= MOST_STRETCH * said[1]
                    && said[1] <= MOST_STRETCH * said[0];
            if (isSane && !in.isBroken()) {
                sar = said;
            }
        }

        private void readColours(Rbsp in) {
            if (!in.flag()) {
                return;
            }
            in.skip(3);
            fullRange = in.flag();
            if (in.flag()) {
                in.skip(16);
                int matrix = in.u(8);
                if (matrix == BT_709) {
                    bt601 = false;
                } else if (matrix == SMPTE_170M || matrix == BT_470BG || matrix == FCC) {
                    bt601 = true;
                }
            }
        }
    }
}
