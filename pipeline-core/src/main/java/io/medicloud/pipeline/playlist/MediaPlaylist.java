// SPDX-License-Identifier: Apache-2.0
package io.medicloud.pipeline.playlist;

import io.medicloud.pipeline.timeline.Cue;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * An HLS media playlist of MPEG-TS segments (RFC 8216, 4.3.3; draft-pantos-hls-rfc8216bis, 4.4.3). Immutable.
 *
 * @param type whether segments may still be added or removed
 * @param targetSeconds what no segment's duration, rounded to whole seconds, is more than; at least 1
 * @param mediaSequence the number of the first segment listed
 * @param discontinuitySequence how many breaks were before the first segment listed, or at its beginning
 * @param segments in order
 * @param ended no segment will be added any more
 * @param edge what is known of the segment that grows behind them; null if that is not told
 */
public record MediaPlaylist(
        Type type,
        int targetSeconds,
        long mediaSequence,
        long discontinuitySequence,
        List<Segment> segments,
        boolean ended,
        @Nullable Edge edge) {
    /** EXT-X-PLAYLIST-TYPE (RFC 8216, 4.3.3.5), or none. */
    public enum Type {
        /** Segments are added at the end, and removed at the beginning: without that tag. */
        LIVE,
        /** Segments are added at the end, none is removed. */
        EVENT,
        /** Does not change. */
        VOD
    }

    /**
     * One segment of a playlist.
     *
     * @param uri where it is, relative to the playlist
     * @param durationTicks how long it lasts, in units of 1/90000 s, at least 0
     * @param discontinuity it does not go on where the one before it ended
     * @param independent it can be decoded alone
     * @param gap it is missing
     * @param startMs the time of day of its first picture, in milliseconds since 1970; 0 if it is not known
     * @param cues splice points announced in it
     * @param parts its parts, while it is near the live edge
     */
    public record Segment(
            String uri,
            long durationTicks,
            boolean discontinuity,
            boolean independent,
            boolean gap,
            long startMs,
            List<Cue> cues,
            List<Part> parts) {
        /** @throws IllegalArgumentException if the URI is empty or the duration is negative */
        public Segment {
            if (uri.isEmpty()) {
                throw new IllegalArgumentException("a segment needs a URI");
            }
            if (durationTicks < 0) {
                throw new IllegalArgumentException("a segment lasts " + durationTicks + " ticks");
            }
            cues = List.copyOf(cues);
            parts = List.copyOf(parts);
        }

        /** A segment of a recording whose time of day is not told. */
        public Segment(String uri, long durationTicks, boolean discontinuity, boolean independent) {
            this(uri, durationTicks, discontinuity, independent, false, 0, List.of(), List.of());
        }

        /** The same at another address. */
        Segment withUri(String other) {
            return new Segment(other, durationTicks, discontinuity, independent, gap, startMs, cues, parts);
        }

        /** The same, told in parts too. */
        public Segment withParts(List<Part> its) {
            return new Segment(uri, durationTicks, discontinuity, independent, gap, startMs, cues, its);
        }
    }

    /**
     * A part of a segment (EXT-X-PART).
     *
     * @param uri where it is, relative to the playlist
     * @param durationTicks how long it lasts, in units of 1/90000 s
     * @param independent a decoder can start with it
     */
    public record Part(String uri, long durationTicks, boolean independent) {}

    /**
     * The segment that grows behind the last one listed, and how its parts are asked for.
     *
     * @param partTargetMs what no part lasts longer than
     * @param discontinuity it does not go on where the one before it ended
     * @param startMs the time of day of its first picture; 0 if it is not known
     * @param parts those that are whole
     * @param hint where the next part will be; null if none is expected
     */
    public record Edge(
            int partTargetMs,
            boolean discontinuity,
            long startMs,
            List<Part> parts,
            @Nullable String hint) {
        public Edge {
            parts = List.copyOf(parts);
        }
    }

    /** @throws IllegalArgumentException if a VOD playlist has not ended, or a number is negative */
    public MediaPlaylist {
        if (mediaSequence < 0 || discontinuitySequence < 0 || targetSeconds < 1) {
            throw new IllegalArgumentException("mediaSequence is " + mediaSequence + ", discontinuitySequence "
                    + discontinuitySequence + ", targetSeconds " + targetSeconds);
        }
        if (type == Type.VOD && !ended) {
            throw new IllegalArgumentException("a VOD playlist has ended");
        }
        segments = List.copyOf(segments);
    }

    /** A playlist of a recording that is complete. */
    public static MediaPlaylist vod(long mediaSequence, List<Segment> segments) {
        return new MediaPlaylist(Type.VOD, longest(segments), mediaSequence, 0, segments, true, null);
    }

    /** The least target duration of segments that are all known. */
    static int longest(List<Segment> segments) {
        long most = 1;
        for (Segment segment : segments) {
            most = Math.max(most, PlaylistWriter.roundedSeconds(segment.durationTicks()));
        }
        return Math.toIntExact(most);
    }

    /** The same, its segments under other addresses. */
    public MediaPlaylist withUris(UnaryOperator<String> other) {
        List<Segment> moved = new ArrayList<>();
        for (Segment segment : segments) {
            moved.add(segment.withUri(other.apply(segment.uri())));
        }
        return new MediaPlaylist(type, targetSeconds, mediaSequence, discontinuitySequence, moved, ended, edge);
    }

    /** The same, with the parts of some segments, by their numbers. */
    MediaPlaylist withParts(Map<Long, List<Part>> parts) {
        List<Segment> told = new ArrayList<>(segments);
        parts.forEach((sequence, its) -> {
            int at = (int) (sequence - mediaSequence);
            told.set(at, told.get(at).withParts(its));
        });
        return new MediaPlaylist(type, targetSeconds, mediaSequence, discontinuitySequence, told, ended, edge);
    }

    /** Can every segment be decoded alone? */
    public boolean isIndependent() {
        return !segments.isEmpty() && segments.stream().allMatch(segment -> segment.independent() || segment.gap());
    }

    /** How long the segments last together, in units of 1/90000 s. */
    public long durationTicks() {
        return segments.stream().mapToLong(Segment::durationTicks).sum();
    }
}
