// SPDX-License-Identifier: Apache-2.0
package io.medicloud.mpegts.psi;

/**
 * One elementary stream of a program, as the PMT describes it (ISO/IEC 13818-1, 2.4.4.9).
 *
 * @param streamType stream_type
 * @param pid elementary_PID
 * @param descriptors what else the table says of it
 */
public record ElementaryStream(int streamType, int pid, Descriptors descriptors) {
    private static final int DVB_AC3 = 0x6A;
    private static final int DVB_EAC3 = 0x7A;
    private static final int DVB_DTS = 0x7B;
    private static final int DVB_AAC = 0x7C;
    private static final int DVB_EXTENSION = 0x7F;

    /** Whether it is moving pictures, by its type or, for private data, by its registration. */
    public boolean isVideo() {
        return switch (streamType) {
            case StreamType.MPEG1_VIDEO,
                    StreamType.MPEG2_VIDEO,
                    StreamType.MPEG4_VIDEO,
                    StreamType.H264,
                    StreamType.JPEG2000,
                    StreamType.HEVC,
                    StreamType.HEVC_TEMPORAL,
                    StreamType.JPEG_XS,
                    StreamType.VVC,
                    StreamType.VVC_TEMPORAL,
                    StreamType.EVC,
                    StreamType.CAVS,
                    StreamType.AVS2,
                    StreamType.AVS3,
                    StreamType.H264_SAMPLE_AES,
                    StreamType.VC1 -> true;
            case StreamType.PRIVATE_PES ->
                switch (descriptors.registration()) {
                    case "HEVC", "VVC ", "AV01", "VC-1", "drac" -> true;
                    default -> false;
                };
            default -> false;
        };
    }

    /** Whether it is sound, by its type or, for private data, by its registration or a DVB descriptor. */
    public boolean isAudio() {
        return switch (streamType) {
            case StreamType.MPEG1_AUDIO,
                    StreamType.MPEG2_AUDIO,
                    StreamType.AAC_ADTS,
                    StreamType.AAC_LATM,
                    StreamType.AAC_RAW,
                    StreamType.MPEGH_AUDIO,
                    StreamType.MPEGH_AUDIO_AUXILIARY,
                    StreamType.AC3,
                    StreamType.DTS,
                    StreamType.TRUEHD,
                    StreamType.EAC3_HDMV,
                    StreamType.DTS_HD,
                    StreamType.EAC3,
                    StreamType.DTS_HD_ATSC,
                    StreamType.DTS_ATSC,
                    StreamType.AC3_SAMPLE_AES,
                    StreamType.EAC3_SAMPLE_AES,
                    StreamType.AAC_SAMPLE_AES -> true;
            case StreamType.PRIVATE_PES -> isPrivateAudio();
            default -> false;
        };
    }

    /** Whether it carries SCTE 35 sections, in a program that these descriptors describe. */
    public boolean isSpliceInformation(Descriptors program) {
        return switch (streamType) {
            case StreamType.SCTE_35 -> !program.registration().equals("HDMV");
            case StreamType.PRIVATE_SECTIONS, StreamType.PRIVATE_PES ->
                descriptors.registration().equals("CUEI");
            default -> false;
        };
    }

    private boolean isPrivateAudio() {
        return switch (descriptors.registration()) {
            case "Opus", "AC-3", "EAC3", "AC-4", "DTS1", "DTS2", "DTS3", "BSSD" -> true;
            default ->
                descriptors.has(DVB_AC3)
                        || descriptors.has(DVB_EAC3)
                        || descriptors.has(DVB_DTS)
                        || descriptors.has(DVB_AAC)
                        || isDvbExtensionAudio();
        };
    }

    private boolean isDvbExtensionAudio() {
        byte[] body = descriptors.find(DVB_EXTENSION);
        return body != null
                && body.length > 0
                && switch (body[0] & 0xFF) {
                    case 0x0E, 0x15, 0x21, 0x80 -> true; // DTS-HD, AC-4, DTS-UHD, Opus
                    default -> false;
                };
    }
}
