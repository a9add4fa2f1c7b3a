// SPDX-License-Identifier: Apache-2.0
package io.medicloud.pipeline.playlist;

import java.util.List;

/**
 * An HLS media playlist of MPEG-TS segments (RFC 8216, 4.3.3). Immutable.
 *
 * @param type whether segments may still be added
 * @param mediaSequence the number of the first segment listed
 * @param segments in order
 * @param ended no segment will be added any more
 */
public record MediaPlaylist(Type type, long mediaSequence, List<Segment> segments, boolean ended) {
    /** EXT-X-PLAYLIST-TYPE (RFC 8216, 4.3.3.5). */
    public enum Type {
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
     */
    public record Segment(String uri, long durationTicks, boolean discontinuity, boolean independent) {
        /** @throws IllegalArgumentException if the URI is empty or the duration is negative */
        public Segment {
            if (uri.isEmpty()) {
                throw new IllegalArgumentException("a segment needs a URI");
            }
            if (durationTicks < 0) {
                throw new IllegalArgumentException("a segment lasts " + durationTicks + " ticks");
            }
        }
    }

    /** @throws IllegalArgumentException if a VOD playlist has not ended, or the number is negative */
    public MediaPlaylist {
        if (mediaSequence < 0) {
            throw new IllegalArgumentException("mediaSequence is " + mediaSequence);
        }
        if (type == Type.VOD && !ended) {
            throw new IllegalArgumentException("a VOD playlist has ended");
        }
        segments = List.copyOf(segments);
    }

    /** A playlist of a recording that is complete. */
    public static MediaPlaylist vod(long mediaSequence, List<Segment> segments) {
        return new MediaPlaylist(Type.VOD, mediaSequence, segments, true);
    }

    /** A playlist of a recording that may still grow. */
    public static MediaPlaylist event(long mediaSequence, List<Segment> segments, boolean ended) {
        return new MediaPlaylist(Type.EVENT, mediaSequence, segments, ended);
    }

    /** Can every segment be decoded alone? */
    public boolean isIndependent() {
        return !segments.isEmpty() && segments.stream().allMatch(Segment::independent);
    }
}
