// SPDX-License-Identifier: Apache-2.0
package io.medicloud.pipeline.playlist;

import io.medicloud.mpegts.packet.Pts;
import io.medicloud.pipeline.timeline.Cue;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Writes media playlists (RFC 8216, 4.3; draft-pantos-hls-rfc8216bis, 4.4). A duration is written to the microsecond and
 * depends on nothing but itself: a segment reads the same in every playlist that has it.
 */
public final class PlaylistWriter {
    private static final int VERSION = 3;
    /** For EXT-X-SKIP, which a player may ask for (bis, 8). */
    private static final int SKIPPING_VERSION = 9;

    /** Of the target duration: how far from the end is skipped (bis, 4.4.3.8: at least six). */
    private static final int SKIP_TARGETS = 6;
    /** Of the part target: how far from the end a player stays (bis, 4.4.3.8: at least two, better three). */
    private static final int HOLD_BACK_PARTS = 3;

    private static final int MS_PER_S = 1000;
    private static final String UNRESERVED = "-._~!$&'()*+,;=:@/";
    private static final DateTimeFormatter DATE = DateTimeFormatter.ofPattern(
                    "uuuu-MM-dd'T'HH:mm:ss.SSS'Z'", Locale.ROOT)
            .withZone(ZoneOffset.UTC);

    private final MediaPlaylist playlist;
    private final String query;
    private final StringBuilder out;
    private final Set<String> cuesTold = new HashSet<>();

    private PlaylistWriter(MediaPlaylist playlist, String query) {
        this.playlist = playlist;
        this.query = query;
        this.out = new StringBuilder(256 + 96 * playlist.segments().size());
    }

    /** The playlist as text, each line ended by a line feed. */
    public static String write(MediaPlaylist playlist) {
        return write(playlist, "");
    }

    /**
     * The playlist as text.
     *
     * @param query what is put behind each address, with its question mark, as it is; empty for nothing
     */
    public static String write(MediaPlaylist playlist, String query) {
        return new PlaylistWriter(playlist, query).write(0);
    }

    /**
     * A delta update (bis, 6.2.5.1): without the segments that are further from the end than the skip boundary; the whole
     * playlist if there are none, or if skipping is not offered.
     *
     * @param query as in {@link #write(MediaPlaylist, String)}
     */
    public static String writeDelta(MediaPlaylist playlist, String query) {
        return new PlaylistWriter(playlist, query).write(skippable(playlist));
    }

    private static int skippable(MediaPlaylist playlist) {
        if (playlist.edge() == null || playlist.ended()) {
            return 0;
        }
        long boundary = (long) SKIP_TARGETS * playlist.targetSeconds() * Pts.HZ;
        List<MediaPlaylist.Segment> segments = playlist.segments();
        long behind = 0;
        int first = segments.size();
        while (first > 0 && behind < boundary) {
            first--;
            behind += segments.get(first).durationTicks();
        }
        return first;
    }

    private String write(int skipped) {
        writeHead();
        if (skipped > 0) {
            line("#EXT-X-SKIP:SKIPPED-SEGMENTS=" + skipped);
        }
        List<MediaPlaylist.Segment> segments = playlist.segments();
        for (int i = skipped; i < segments.size(); i++) {
            MediaPlaylist.Segment segment = segments.get(i);
            writeBeginning(segment.discontinuity() && i > 0, segment.startMs());
            segment.cues().forEach(this::writeCue);
            segment.parts().forEach(this::writePart);
            if (segment.gap()) {
                line("#EXT-X-GAP");
            }
            line("#EXTINF:" + seconds(segment.durationTicks()) + ",");
            appendUri(segment.uri());
            out.append('\n');
        }
        MediaPlaylist.Edge edge = playlist.edge();
        if (playlist.ended()) {
            line("#EXT-X-ENDLIST");
        } else if (edge != null) {
            writeEdge(edge);
        }
        return out.toString();
    }

    private void writeHead() {
        MediaPlaylist.Edge edge = playlist.edge();
        line("#EXTM3U");
        line("#EXT-X-VERSION:" + (edge == null ? VERSION : SKIPPING_VERSION));
        line("#EXT-X-TARGETDURATION:" + playlist.targetSeconds());
        line("#EXT-X-MEDIA-SEQUENCE:" + playlist.mediaSequence());
        if (playlist.discontinuitySequence() > 0) {
            line("#EXT-X-DISCONTINUITY-SEQUENCE:" + playlist.discontinuitySequence());
        }
        if (playlist.type() != MediaPlaylist.Type.LIVE) {
            line("#EXT-X-PLAYLIST-TYPE:" + playlist.type());
        }
        // A promise, and what is yet to come may break it.
        if (playlist.ended() && playlist.isIndependent()) {
            line("#EXT-X-INDEPENDENT-SEGMENTS");
        }
        if (edge != null) {
            line("#EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES,CAN-SKIP-UNTIL="
                    + SKIP_TARGETS * playlist.targetSeconds()
                    + ",PART-HOLD-BACK=" + milliseconds((long) HOLD_BACK_PARTS * edge.partTargetMs()));
            line("#EXT-X-PART-INF:PART-TARGET=" + milliseconds(edge.partTargetMs()));
        }
    }

    private void writeBeginning(boolean discontinuity, long startMs) {
        if (discontinuity) {
            line("#EXT-X-DISCONTINUITY");
        }
        if (startMs > 0) {
            line("#EXT-X-PROGRAM-DATE-TIME:" + date(startMs));
        }
    }

    private void writeEdge(MediaPlaylist.Edge edge) {
        if (!edge.parts().isEmpty()) {
            writeBeginning(edge.discontinuity() && !playlist.segments().isEmpty(), edge.startMs());
            edge.parts().forEach(this::writePart);
        }
        String hint = edge.hint();
        if (hint != null) {
            out.append("#EXT-X-PRELOAD-HINT:TYPE=PART,URI=\"");
            appendUri(hint);
            out.append("\"\n");
        }
    }

    private void writePart(MediaPlaylist.Part part) {
        out.append("#EXT-X-PART:DURATION=")
                .append(seconds(part.durationTicks()))
                .append(",URI=\"");
        appendUri(part.uri());
        out.append(part.independent() ? "\",INDEPENDENT=YES\n" : "\"\n");
    }

    /** A splice point is announced again and again; it is told where it was first. */
    private void writeCue(Cue cue) {
        if (!cuesTold.add(cue.id())) {
            return;
        }
        out.append("#EXT-X-DATERANGE:ID=\"").append(cue.id());
        out.append("\",START-DATE=\"").append(date(cue.startMs())).append('"');
        if (cue.durationMs() > 0) {
            out.append(",PLANNED-DURATION=").append(milliseconds(cue.durationMs()));
        }
        out.append(",SCTE35-")
                .append(cue.kind())
                .append("=0x")
                .append(cue.message())
                .append('\n');
    }

    private void line(String text) {
        out.append(text).append('\n');
    }

    /** As it is written, rounded to whole seconds as EXT-X-TARGETDURATION is compared with (RFC 8216, 4.3.3.1). */
    static long roundedSeconds(long ticks) {
        return (microseconds(ticks) + 500_000) / 1_000_000;
    }

    private static long microseconds(long ticks) {
        return (ticks * 100 + 4) / 9;
    }

    private static String seconds(long ticks) {
        long us = microseconds(ticks);
        return us / 1_000_000 + "." + String.valueOf(1_000_000 + us % 1_000_000).substring(1);
    }

    private static String milliseconds(long ms) {
        return ms / MS_PER_S + "." + String.valueOf(MS_PER_S + ms % MS_PER_S).substring(1);
    }

    private static String date(long ms) {
        return DATE.format(Instant.ofEpochMilli(ms));
    }

    private void appendUri(String uri) {
        for (byte b : uri.getBytes(StandardCharsets.UTF_8)) {
            char c = (char) (b & 0xFF);
            if (c < 0x80 && (Character.isLetterOrDigit(c) || UNRESERVED.indexOf(c) >= 0)) {
                out.append(c);
            } else {
                out.append(String.format(Locale.ROOT, "%%%02X", (int) c));
            }
        }
        out.append(query);
    }
}
