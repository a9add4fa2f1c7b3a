// SPDX-License-Identifier: Apache-2.0
package io.medicloud.pipeline.playlist;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;

/**
 * Writes media playlists (RFC 8216, 4.3). Durations are rounded to milliseconds as they add up, so that a segment's place
 * on the time line is never off by more than half of one, however many there are.
 */
public final class PlaylistWriter {
    private static final int VERSION = 3;
    private static final int TICKS_PER_MS = 90;
    private static final int MS_PER_S = 1000;
    private static final String UNRESERVED = "-._~!$&'()*+,;=:@/";

    private PlaylistWriter() {}

    /** The playlist as text, each line ended by a line feed. */
    public static String write(MediaPlaylist playlist) {
        List<MediaPlaylist.Segment> segments = playlist.segments();
        long[] ms = durationsMs(segments);
        StringBuilder out = new StringBuilder(256 + 64 * segments.size());
        out.append("#EXTM3U\n#EXT-X-VERSION:").append(VERSION);
        out.append("\n#EXT-X-TARGETDURATION:").append(targetDuration(ms));
        out.append("\n#EXT-X-MEDIA-SEQUENCE:").append(playlist.mediaSequence());
        out.append("\n#EXT-X-PLAYLIST-TYPE:").append(playlist.type()).append('\n');
        if (playlist.isIndependent()) {
            out.append("#EXT-X-INDEPENDENT-SEGMENTS\n");
        }
        for (int i = 0; i < ms.length; i++) {
            MediaPlaylist.Segment segment = segments.get(i);
            if (segment.discontinuity() && i > 0) {
                out.append("#EXT-X-DISCONTINUITY\n");
            }
            out.append("#EXTINF:").append(seconds(ms[i])).append(",\n");
            appendUri(out, segment.uri());
            out.append('\n');
        }
        if (playlist.ended()) {
            out.append("#EXT-X-ENDLIST\n");
        }
        return out.toString();
    }

    private static long[] durationsMs(List<MediaPlaylist.Segment> segments) {
        long[] ms = new long[segments.size()];
        long ticks = 0;
        long before = 0;
        for (int i = 0; i < ms.length; i++) {
            ticks += segments.get(i).durationTicks();
            long now = (ticks + TICKS_PER_MS / 2) / TICKS_PER_MS;
            ms[i] = now - before;
            before = now;
        }
        return ms;
    }

    /** The longest duration as written, rounded to whole seconds (RFC 8216, 4.3.3.1); a player polls by it, so at least 1. */
    private static long targetDuration(long[] ms) {
        long most = 1;
        for (long duration : ms) {
            most = Math.max(most, (duration + MS_PER_S / 2) / MS_PER_S);
        }
        return most;
    }

    private static String seconds(long ms) {
        return String.format(Locale.ROOT, "%d.%03d", ms / MS_PER_S, ms % MS_PER_S);
    }

    private static void appendUri(StringBuilder out, String uri) {
        for (byte b : uri.getBytes(StandardCharsets.UTF_8)) {
            char c = (char) (b & 0xFF);
            if (c < 0x80 && (Character.isLetterOrDigit(c) || UNRESERVED.indexOf(c) >= 0)) {
                out.append(c);
            } else {
                out.append(String.format(Locale.ROOT, "%%%02X", (int) c));
            }
        }
    }
}
