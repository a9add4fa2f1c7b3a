// SPDX-License-Identifier: Apache-2.0
package io.medicloud.mpegts.monitor;

import io.medicloud.mpegts.es.VideoCodec;
import io.medicloud.mpegts.es.VideoFormat;
import org.jspecify.annotations.Nullable;

/**
 * Sizes and rates of the system target decoder's buffers for a video stream, by its profile and level: ISO/IEC 13818-1, 2.4.2.4 (MPEG-2), 2.14.3.1
 * (H.264), 2.17.2 (H.265). Those of the level are taken, also where the stream's own parameters ask for less; H.265 is taken to be of the Main
 * tier.
 *
 * @param inBitrate Rx: from TB to MB, bits a second
 * @param leakBitrate Rbx: from MB to EB, bits a second
 * @param multiplexBytes size of MB
 * @param elementaryBytes size of EB
 * @param longestDelayUs how long data may stay (2.4.2.6; TR 101 290, 3.10)
 */
record TStdSizes(
        double inBitrate, double leakBitrate, double multiplexBytes, double elementaryBytes, long longestDelayUs) {
    /** Size of TB in bytes. */
    static final int TRANSPORT_BYTES = 512;

    private static final double MULTIPLEX_SECONDS = 0.004;
    private static final double OVERHEAD_SECONDS = 1 / 750.0;
    private static final double LEAST_BITRATE = 2_000_000;
    private static final long MPEG2_DELAY_US = 1_000_000;
    private static final long NAL_DELAY_US = 10_000_000;

    /** Null without a profile and level that have limits. */
    static @Nullable TStdSizes of(VideoCodec codec, VideoFormat format) {
        String profile = format.profile() == null ? "" : format.profile();
        String level = format.level() == null ? "" : format.level();
        return switch (codec) {
            case H264 -> avc(profile, level);
            case HEVC -> hevc(level);
            case MPEG2 -> mpeg2(profile, level);
        };
    }

    /** 14496-10, table A-1: MaxBR and MaxCPB in units of cpbBrNalFactor bits (table A-2). */
    private static @Nullable TStdSizes avc(String profile, String level) {
        double factor = profile.startsWith("High 4:") || profile.startsWith("CAVLC")
                ? 4800
                : profile.startsWith("High 10") ? 3600 : profile.equals("High") ? 1500 : 1200;
        return switch (level) {
            case "1.0", "1" -> nal(factor, 64, 175);
            case "1b", "1.b" -> nal(factor, 128, 350);
            case "1.1" -> nal(factor, 192, 500);
            case "1.2" -> nal(factor, 384, 1000);
            case "1.3" -> nal(factor, 768, 2000);
            case "2.0", "2" -> nal(factor, 2000, 2000);
            case "2.1", "2.2" -> nal(factor, 4000, 4000);
            case "3.0", "3" -> nal(factor, 10_000, 10_000);
            case "3.1" -> nal(factor, 14_000, 14_000);
            case "3.2" -> nal(factor, 20_000, 20_000);
            case "4.0", "4" -> nal(factor, 20_000, 25_000);
            case "4.1", "4.2" -> nal(factor, 50_000, 62_500);
            case "5.0", "5" -> nal(factor, 135_000, 135_000);
            case "5.1", "5.2" -> nal(factor, 240_000, 240_000);
            case "6.0", "6" -> nal(factor, 240_000, 240_000);
            case "6.1" -> nal(factor, 480_000, 480_000);
            case "6.2" -> nal(factor, 800_000, 800_000);
            default -> null;
        };
    }

    /** 23008-2, tables A.8 and A.9, Main tier: MaxCPB and MaxBR in units of 1100 bits. */
    private static @Nullable TStdSizes hevc(String level) {
        double factor = 1100;
        return switch (level) {
            case "1.0", "1" -> nal(factor, 128, 350);
            case "2.0", "2" -> nal(factor, 1500, 1500);
            case "2.1" -> nal(factor, 3000, 3000);
            case "3.0", "3" -> nal(factor, 6000, 6000);
            case "3.1" -> nal(factor, 10_000, 10_000);
            case "4.0", "4" -> nal(factor, 12_000, 12_000);
            case "4.1" -> nal(factor, 20_000, 20_000);
            case "5.0", "5" -> nal(factor, 25_000, 25_000);
            case "5.1" -> nal(factor, 40_000, 40_000);
            case "5.2", "6.0", "6" -> nal(factor, 60_000, 60_000);
            case "6.1" -> nal(factor, 120_000, 120_000);
            case "6.2" -> nal(factor, 240_000, 240_000);
            default -> null;
        };
    }

    private static TStdSizes nal(double factor, double maxBitrate, double maxBuffer) {
        return new TStdSizes(
                1.2 * factor * maxBitrate,
                factor * maxBitrate,
                multiplexing(factor * maxBitrate),
                factor * maxBuffer / Byte.SIZE,
                NAL_DELAY_US);
    }

    /** 13818-2, tables 8-13 and 8-14: the largest rate and vbv_buffer_size. */
    private static @Nullable TStdSizes mpeg2(String profile, String level) {
        boolean high = profile.equals("High");
        boolean studio = profile.equals("4:2:2");
        return switch (level) {
            case "Low" -> sequence(4_000_000, 475_136);
            case "Main" ->
                studio
                        ? sequence(50_000_000, 9_437_184)
                        : high ? sequence(20_000_000, 2_441_216) : sequence(15_000_000, 1_835_008);
            case "High 1440" -> high ? sequence(80_000_000, 9_781_248) : sequence(60_000_000, 7_340_032);
            case "High" ->
                studio
                        ? sequence(300_000_000, 47_185_920)
                        : high ? sequence(100_000_000, 12_222_464) : sequence(80_000_000, 9_781_248);
            default -> null;
        };
    }

    private static TStdSizes sequence(double maxBitrate, double maxBuffer) {
        return new TStdSizes(
                1.2 * maxBitrate, maxBitrate, multiplexing(maxBitrate), maxBuffer / Byte.SIZE, MPEG2_DELAY_US);
    }

    /** BSmux and BSoh, in bytes. */
    private static double multiplexing(double maxBitrate) {
        return (MULTIPLEX_SECONDS + OVERHEAD_SECONDS) * Math.max(maxBitrate, LEAST_BITRATE) / Byte.SIZE;
    }
}
