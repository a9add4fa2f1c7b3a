// SPDX-License-Identifier: Apache-2.0
package io.medicloud.mpegts.probe;

import io.medicloud.mpegts.es.AudioHeader;
import io.medicloud.mpegts.psi.Descriptors;
import io.medicloud.mpegts.psi.ElementaryStream;
import io.medicloud.mpegts.psi.StreamType;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The codec of an elementary stream, by ffprobe's name: from its type, for private data from its descriptors, and for audio
 * from what its frames are (13818-1, table 2-34; EN 300 468, 6.3 and annex D; ATSC, SMPTE and Blu-ray by common use).
 */
final class CodecName {
    private static final int METADATA = 0x26;
    private static final int VBI_TELETEXT = 0x46;
    private static final int TELETEXT = 0x56;
    private static final int SUBTITLING = 0x59;
    private static final int AC3 = 0x6A;
    private static final int ENHANCED_AC3 = 0x7A;
    private static final int DTS = 0x7B;
    private static final int AAC = 0x7C;
    private static final int DVB_EXTENSION = 0x7F;
    private static final int EXTENSION_DTS_HD = 0x0E;
    private static final int EXTENSION_AC4 = 0x15;
    private static final int EXTENSION_DTS_UHD = 0x21;
    private static final int EXTENSION_OPUS = 0x80;

    private static final Set<String> MPEG_AUDIO = Set.of("mp1", "mp2", "mp3");
    private static final Set<String> AAC_FRAMINGS = Set.of("aac", "aac_latm");
    private static final Set<String> DOLBY = Set.of("ac3", "eac3");

    private CodecName() {}

    /** From the tables alone; null if they do not say, or it is no stream of media. */
    static @Nullable String announced(ElementaryStream stream, Descriptors program) {
        Descriptors descriptors = stream.descriptors();
        boolean bluRay =
                program.registration().equals("HDMV") || program.registration().equals("HDPR");
        if (bluRay && stream.streamType() >= 0x80) {
            String name = bluRay(stream.streamType());
            if (name != null) {
                return name;
            }
        }
        return switch (stream.streamType()) {
            case StreamType.MPEG1_VIDEO -> "mpeg1video";
            case StreamType.MPEG2_VIDEO -> "mpeg2video";
            case StreamType.MPEG1_AUDIO, StreamType.MPEG2_AUDIO -> "mp2";
            case StreamType.PRIVATE_PES -> privateData(descriptors);
            case StreamType.AAC_ADTS, StreamType.AAC_RAW, StreamType.AAC_SAMPLE_AES -> "aac";
            case StreamType.MPEG4_VIDEO -> "mpeg4";
            case StreamType.AAC_LATM -> "aac_latm";
            case StreamType.METADATA_PES -> metadata(descriptors);
            case StreamType.H264, StreamType.H264_SVC, StreamType.H264_MVC, StreamType.H264_SAMPLE_AES -> "h264";
            case StreamType.JPEG2000 -> "jpeg2000";
            case StreamType.HEVC, StreamType.HEVC_TEMPORAL -> "hevc";
            case StreamType.MPEGH_AUDIO, StreamType.MPEGH_AUDIO_AUXILIARY -> "mpegh_3d_audio";
            case StreamType.JPEG_XS -> "jpegxs";
            case StreamType.VVC, StreamType.VVC_TEMPORAL -> "vvc";
            case StreamType.EVC -> "evc";
            case StreamType.CAVS -> "cavs";
            case StreamType.AC3, StreamType.AC3_SAMPLE_AES -> "ac3";
            case StreamType.DTS, StreamType.DTS_HD, StreamType.DTS_HD_ATSC, StreamType.DTS_ATSC -> "dts";
            case StreamType.TRUEHD -> "truehd";
            case StreamType.SCTE_35 -> "scte_35";
            case StreamType.EAC3, StreamType.EAC3_HDMV, StreamType.EAC3_SAMPLE_AES -> "eac3";
            case 0xD1 -> "dirac";
            case StreamType.AVS2 -> "avs2";
            case StreamType.AVS3 -> "avs3";
            case StreamType.VC1 -> "vc1";
            default -> null;
        };
    }

    /** The same, where the frames that were found say better. */
    static @Nullable String found(@Nullable String announced, int streamType, @Nullable AudioHeader header) {
        return header != null && isPossible(announced, streamType, header.codec()) ? header.codec() : announced;
    }

    /** Whether audio of this codec may be met in a stream that is announced as that one: announcements are often wrong. */
    static boolean isPossible(@Nullable String announced, int streamType, String codec) {
        if (announced == null) {
            return streamType == StreamType.PRIVATE_PES;
        }
        return announced.equals(codec)
                || (MPEG_AUDIO.contains(announced) && (MPEG_AUDIO.contains(codec) || AAC_FRAMINGS.contains(codec)))
                || (AAC_FRAMINGS.contains(announced) && AAC_FRAMINGS.contains(codec))
                || (DOLBY.contains(announced) && DOLBY.contains(codec));
    }

    /** Whether there may be audio frames to be found. */
    static boolean maySound(@Nullable String announced, int streamType) {
        return announced == null
                ? streamType == StreamType.PRIVATE_PES
                : MPEG_AUDIO.contains(announced)
                        || AAC_FRAMINGS.contains(announced)
                        || DOLBY.contains(announced)
                        || announced.equals("dts");
    }

    /** The channel_config_code of the DVB extension descriptor for Opus, or 0. */
    static int opusChannels(Descriptors descriptors) {
        byte[] extension = descriptors.find(DVB_EXTENSION);
        if (extension == null || extension.length < 2 || (extension[0] & 0xFF) != EXTENSION_OPUS) {
            return 0;
        }
        return extension[1] & 0xFF;
    }

    private static @Nullable String bluRay(int streamType) {
        return switch (streamType) {
            case 0x80 -> "pcm_bluray";
            case 0x82, 0x85, 0x86 -> "dts";
            case 0x90 -> "hdmv_pgs_subtitle";
            case 0x92 -> "hdmv_text_subtitle";
            case 0xA1 -> "eac3";
            case 0xA2 -> "dts";
            default -> null;
        };
    }

    private static @Nullable String privateData(Descriptors descriptors) {
        String registered = registered(descriptors.registration());
        if (registered != null) {
            return registered;
        }
        if (descriptors.has(AC3)) {
            return "ac3";
        }
        if (descriptors.has(ENHANCED_AC3)) {
            return "eac3";
        }
        if (descriptors.has(DTS)) {
            return "dts";
        }
        if (descriptors.has(AAC)) {
            return "aac";
        }
        if (descriptors.has(TELETEXT) || descriptors.has(VBI_TELETEXT)) {
            return "dvb_teletext";
        }
        if (descriptors.has(SUBTITLING)) {
            return "dvb_subtitle";
        }
        String extended = extended(descriptors.find(DVB_EXTENSION));
        return extended != null ? extended : metadata(descriptors);
    }

    /** SMPTE's registration authority. */
    private static @Nullable String registered(String identifier) {
        return switch (identifier) {
            case "HEVC" -> "hevc";
            case "VVC " -> "vvc";
            case "AV01" -> "av1";
            case "Opus" -> "opus";
            case "AC-3" -> "ac3";
            case "EAC3" -> "eac3";
            case "AC-4" -> "ac4";
            case "DTS1", "DTS2", "DTS3" -> "dts";
            case "BSSD" -> "s302m";
            case "KLVA" -> "klv";
            case "VANC" -> "smpte_2038";
            case "ID3 " -> "timed_id3";
            case "VC-1" -> "vc1";
            case "drac" -> "dirac";
            case "CUEI" -> "scte_35";
            default -> null;
        };
    }

    private static @Nullable String extended(byte @Nullable [] extension) {
        if (extension == null || extension.length == 0) {
            return null;
        }
        return switch (extension[0] & 0xFF) {
            case EXTENSION_DTS_HD, EXTENSION_DTS_UHD -> "dts";
            case EXTENSION_AC4 -> "ac4";
            case EXTENSION_OPUS -> "opus";
            default -> null;
        };
    }

    /** metadata_descriptor (13818-1, 2.6.60): an identifier stands behind format FFFF, or FF. */
    private static @Nullable String metadata(Descriptors descriptors) {
        byte[] body = descriptors.find(METADATA);
        if (body == null) {
            return registered(descriptors.registration());
        }
        String text = new String(body, StandardCharsets.ISO_8859_1);
        return text.contains("ID3 ") ? "timed_id3" : text.contains("KLVA") ? "klv" : null;
    }
}
