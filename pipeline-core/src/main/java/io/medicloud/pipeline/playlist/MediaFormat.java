// SPDX-License-Identifier: Apache-2.0
package io.medicloud.pipeline.playlist;

import io.medicloud.mpegts.probe.ProbeReport;
import io.medicloud.mpegts.psi.StreamType;
import io.medicloud.pipeline.text.Fields;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a player must be able to decode.
 *
 * @param codecs every format, as RFC 6381 has them, separated by commas; empty if one of them is not known
 * @param width of the video, in pixels; 0 if there is none
 * @param height of the video, in pixels
 * @param frameRate frames a second; 0 if it is not known
 */
public record MediaFormat(String codecs, int width, int height, double frameRate) {
    /** Nothing is known. */
    public static final MediaFormat UNKNOWN = new MediaFormat("", 0, 0, 0);

    private static final int HEVC_LEVEL_UNIT = 30;
    private static final Set<Integer> VIDEO = Set.of(
            StreamType.MPEG1_VIDEO, StreamType.MPEG2_VIDEO, StreamType.MPEG4_VIDEO, StreamType.H264, StreamType.HEVC);

    /** What the first program of a transport stream holds; {@link #UNKNOWN} while the size of its video is, as where it begins between keyframes. */
    public static MediaFormat of(ProbeReport report) {
        if (report.programs().isEmpty()) {
            return UNKNOWN;
        }
        Set<String> codecs = new LinkedHashSet<>();
        boolean isComplete = true;
        ProbeReport.@Nullable Stream video = null;
        for (ProbeReport.Stream stream : report.programs().get(0).streams()) {
            boolean isVideo = stream.width() != null;
            if (!isVideo && VIDEO.contains(stream.streamType())) {
                return UNKNOWN;
            }
            if (!isVideo && stream.sampleRate() == null) {
                continue;
            }
            video = isVideo && video == null ? stream : video;
            String codec = codec(stream);
            isComplete &= codec != null;
            codecs.add(String.valueOf(codec));
        }
        String all = isComplete ? String.join(",", codecs) : "";
        return video == null
                ? new MediaFormat(all, 0, 0, 0)
                : new MediaFormat(all, orZero(video.width()), orZero(video.height()), rate(video.frameRate()));
    }

    /** What a player of both must be able to decode: every format of either, the larger picture, the higher rate. */
    public MediaFormat and(MediaFormat other) {
        if (equals(other)) {
            return this;
        }
        Set<String> all = new LinkedHashSet<>(List.of(codecs.split(",")));
        all.addAll(List.of(other.codecs.split(",")));
        boolean isComplete = !codecs.isEmpty() && !other.codecs.isEmpty();
        MediaFormat larger = (long) other.width * other.height > (long) width * height ? other : this;
        return new MediaFormat(
                isComplete ? String.join(",", all) : "",
                larger.width,
                larger.height,
                Math.max(frameRate, other.frameRate));
    }

    private static int orZero(@Nullable Integer value) {
        return value == null ? 0 : value;
    }

    private static double rate(@Nullable Double value) {
        return value == null ? 0 : value;
    }

    private static @Nullable String codec(ProbeReport.Stream stream) {
        return switch (String.valueOf(stream.codec())) {
            case "h264" -> avc(String.valueOf(stream.profile()), stream.level());
            case "hevc" -> hevc(String.valueOf(stream.profile()), stream.level());
            case "mpeg2video" -> "mp4v.61";
            case "mpeg1video" -> "mp4v.6A";
            case "aac", "aac_latm" -> "mp4a.40.2";
            case "mp1" -> "mp4a.40.32";
            case "mp2" -> "mp4a.40.33";
            case "mp3" -> "mp4a.40.34";
            case "ac3" -> "ac-3";
            case "eac3" -> "ec-3";
            case "dts" -> "dtsc";
            case "opus" -> "Opus";
            default -> null;
        };
    }

    /** profile_idc, constraint flags and level_idc (RFC 6381, 3.3; 14496-10, A.2). */
    private static @Nullable String avc(String profile, @Nullable String level) {
        String bytes = switch (profile) {
            case "Constrained Baseline" -> "42C0";
            case "Baseline" -> "4200";
            case "Main" -> "4D00";
            case "Extended" -> "5800";
            case "High" -> "6400";
            case "High 10" -> "6E00";
            case "High 10 Intra" -> "6E10";
            case "High 4:2:2" -> "7A00";
            case "High 4:2:2 Intra" -> "7A10";
            case "High 4:4:4 Predictive" -> "F400";
            case "High 4:4:4 Intra" -> "F410";
            default -> "";
        };
        if (bytes.isEmpty() || level == null) {
            return null;
        }
        int levelIdc = level.equals("1b") ? 11 : tenths(level);
        return "avc1." + bytes + String.format(Locale.ROOT, "%02X", levelIdc);
    }

    /** general_profile_idc, compatibility flags in reverse, tier and level, constraints (14496-15, E.3). */
    private static @Nullable String hevc(String profile, @Nullable String level) {
        String front = switch (profile) {
            case "Main" -> "1.6";
            case "Main 10" -> "2.4";
            case "Main Still Picture" -> "3.E";
            case "Rext" -> "4.10";
            default -> "";
        };
        return front.isEmpty() || level == null
                ? null
                : "hvc1." + front + ".L" + tenths(level) * HEVC_LEVEL_UNIT / 10 + ".B0";
    }

    private static int tenths(String level) {
        return (int) Math.round(Double.parseDouble(level) * 10);
    }

    /** As text. */
    public String write() {
        return new Fields()
                .put("codecs", codecs)
                .put("width", width)
                .put("height", height)
                .put("frame-rate", frameRate)
                .write();
    }

    /** What {@link #write} wrote; {@link #UNKNOWN} of an empty text. */
    public static MediaFormat read(String text) {
        Fields fields = Fields.read(text);
        return new MediaFormat(
                fields.text("codecs"),
                Math.toIntExact(fields.number("width")),
                Math.toIntExact(fields.number("height")),
                fields.has("frame-rate") ? Double.parseDouble(fields.text("frame-rate")) : 0);
    }
}
