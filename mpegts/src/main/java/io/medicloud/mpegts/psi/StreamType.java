// SPDX-License-Identifier: Apache-2.0
package io.medicloud.mpegts.psi;

/** The stream types that this library tells apart (ISO/IEC 13818-1, table 2-34; those from 0x80 on by common use). */
public final class StreamType {
    public static final int MPEG1_VIDEO = 0x01;
    public static final int MPEG2_VIDEO = 0x02;
    public static final int MPEG1_AUDIO = 0x03;
    public static final int MPEG2_AUDIO = 0x04;
    public static final int PRIVATE_SECTIONS = 0x05;
    /** PES packets with private data: the descriptors name the codec. */
    public static final int PRIVATE_PES = 0x06;

    public static final int AAC_ADTS = 0x0F;
    public static final int MPEG4_VIDEO = 0x10;
    public static final int AAC_LATM = 0x11;
    public static final int METADATA_PES = 0x15;
    public static final int H264 = 0x1B;
    public static final int AAC_RAW = 0x1C;
    public static final int H264_SVC = 0x1F;
    public static final int H264_MVC = 0x20;
    public static final int JPEG2000 = 0x21;
    public static final int HEVC = 0x24;
    /** Some temporal layers of HEVC. */
    public static final int HEVC_TEMPORAL = 0x25;

    public static final int MPEGH_AUDIO = 0x2D;
    public static final int MPEGH_AUDIO_AUXILIARY = 0x2E;
    public static final int JPEG_XS = 0x32;
    public static final int VVC = 0x33;
    /** Some temporal layers of VVC. */
    public static final int VVC_TEMPORAL = 0x34;

    public static final int EVC = 0x35;
    public static final int CAVS = 0x42;
    public static final int AC3 = 0x81;
    public static final int DTS = 0x82;
    public static final int TRUEHD = 0x83;
    public static final int EAC3_HDMV = 0x84;
    public static final int DTS_HD = 0x85;
    /** SCTE 35, unless the program is registered as HDMV: then DTS-HD Master Audio. */
    public static final int SCTE_35 = 0x86;

    public static final int EAC3 = 0x87;
    public static final int DTS_HD_ATSC = 0x88;
    public static final int DTS_ATSC = 0x8A;
    /** AC-3 under Apple's SAMPLE-AES. */
    public static final int AC3_SAMPLE_AES = 0xC1;
    /** E-AC-3 under Apple's SAMPLE-AES. */
    public static final int EAC3_SAMPLE_AES = 0xC2;

    /** AAC under Apple's SAMPLE-AES. */
    public static final int AAC_SAMPLE_AES = 0xCF;

    public static final int AVS2 = 0xD2;
    public static final int AVS3 = 0xD4;
    /** H.264 under Apple's SAMPLE-AES: its NAL unit headers are in the clear. */
    public static final int H264_SAMPLE_AES = 0xDB;

    public static final int VC1 = 0xEA;

    private StreamType() {}

    /** Whether the type is carried in sections, not in PES packets. */
    public static boolean isSections(int streamType) {
        return switch (streamType) {
            case PRIVATE_SECTIONS, 0x0A, 0x0B, 0x0C, 0x0D, 0x13, 0x14, 0x16, 0x17, 0x18, 0x1A, SCTE_35 -> true;
            default -> false;
        };
    }
}
