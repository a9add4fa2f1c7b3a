// SPDX-License-Identifier: Apache-2.0
package io.medicloud.mpegts.psi;

/** What descriptors are called (ISO/IEC 13818-1, table 2-45; EN 300 468, tables 12 and 109; ATSC A/65 and SCTE 35 by common use). */
final class DescriptorName {
    private static final int MPEG_EXTENSION = 0x3F;
    private static final int DVB_EXTENSION = 0x7F;
    private static final int FIRST_DVB = 0x40;

    private DescriptorName() {}

    /** {@code extension}: the first byte of the body, which is the tag of an extension descriptor; -1 without. */
    static String of(int tag, int extension) {
        return switch (tag) {
            case MPEG_EXTENSION -> mpegExtension(extension);
            case DVB_EXTENSION -> dvbExtension(extension);
            default -> tag < FIRST_DVB ? mpeg(tag) : broadcast(tag);
        };
    }

    private static String mpeg(int tag) {
        return switch (tag) {
            case 0x02 -> "video_stream";
            case 0x03 -> "audio_stream";
            case 0x04 -> "hierarchy";
            case 0x05 -> "registration";
            case 0x06 -> "data_stream_alignment";
            case 0x07 -> "target_background_grid";
            case 0x08 -> "video_window";
            case 0x09 -> "CA";
            case 0x0A -> "ISO_639_language";
            case 0x0B -> "system_clock";
            case 0x0C -> "multiplex_buffer_utilization";
            case 0x0D -> "copyright";
            case 0x0E -> "maximum_bitrate";
            case 0x0F -> "private_data_indicator";
            case 0x10 -> "smoothing_buffer";
            case 0x11 -> "STD";
            case 0x12 -> "IBP";
            case 0x13 -> "carousel_identifier";
            case 0x14 -> "association_tag";
            case 0x1B -> "MPEG-4_video";
            case 0x1C -> "MPEG-4_audio";
            case 0x1D -> "IOD";
            case 0x1E -> "SL";
            case 0x1F -> "FMC";
            case 0x24 -> "content_labeling";
            case 0x25 -> "metadata_pointer";
            case 0x26 -> "metadata";
            case 0x27 -> "metadata_STD";
            case 0x28 -> "AVC_video";
            case 0x2A -> "AVC_timing_and_HRD";
            case 0x2B -> "MPEG-2_AAC_audio";
            case 0x32 -> "J2K_video";
            case 0x38 -> "HEVC_video";
            case 0x39 -> "VVC_video";
            case 0x3A -> "EVC_video";
            default -> "reserved";
        };
    }

    private static String broadcast(int tag) {
        return switch (tag) {
            case 0x40 -> "network_name";
            case 0x45 -> "VBI_data";
            case 0x46 -> "VBI_teletext";
            case 0x48 -> "service";
            case 0x50 -> "component";
            case 0x51 -> "mosaic";
            case 0x52 -> "stream_identifier";
            case 0x56 -> "teletext";
            case 0x59 -> "subtitling";
            case 0x5F -> "private_data_specifier";
            case 0x66 -> "data_broadcast_id";
            case 0x6A -> "AC-3";
            case 0x6B -> "ancillary_data";
            case 0x6F -> "application_signalling";
            case 0x70 -> "adaptation_field_data";
            case 0x7A -> "enhanced_AC-3";
            case 0x7B -> "DTS";
            case 0x7C -> "AAC";
            case 0x81 -> "AC-3_audio";
            case 0x86 -> "caption_service";
            case 0x87 -> "content_advisory";
            case 0x8A -> "cue_identifier";
            case 0xA0 -> "extended_channel_name";
            case 0xCC -> "E-AC-3_audio";
            default -> tag >= 0x80 ? "private" : "reserved";
        };
    }

    private static String mpegExtension(int extension) {
        return switch (extension) {
            case 0x03 -> "HEVC_timing_and_HRD";
            case 0x08 -> "MPEG-H_3D_audio";
            case 0x09 -> "MPEG-H_3D_audio_config";
            case 0x14 -> "JPEG_XS_video";
            case 0x15 -> "VVC_timing_and_HRD";
            default -> "extension";
        };
    }

    private static String dvbExtension(int extension) {
        return switch (extension) {
            case 0x06 -> "supplementary_audio";
            case 0x0E -> "DTS-HD";
            case 0x0F -> "DTS_neural";
            case 0x15 -> "AC-4";
            case 0x20 -> "TTML_subtitling";
            case 0x21 -> "DTS-UHD";
            case 0x80 -> "Opus";
            default -> "extension";
        };
    }
}
