// SPDX-License-Identifier: Apache-2.0
package io.medicloud.pipeline.playlist;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a live playlist says at one moment. Immutable.
 *
 * @param playlist null as long as there is no segment
 * @param openParts how many parts of the segment behind the last one are whole
 */
public record LiveSnapshot(@Nullable MediaPlaylist playlist, int openParts) {
    /** How far ahead of the last segment may be asked for (draft-pantos-hls-rfc8216bis, 6.2.5.2). */
    private static final int MOST_SEGMENTS_AHEAD = 2;

    private static final int ADVANCE_PARTS = 3;
    private static final int MS_PER_S = 1000;

    /** The number of the last segment listed; 0 if there is none. */
    public long lastSequence() {
        return playlist == null
                ? 0
                : playlist.mediaSequence() + playlist.segments().size() - 1;
    }

    /**
     * Does it have that part, or segment? A part behind a segment's last is the first of the next one.
     *
     * @param part -1 for the whole segment
     */
    public boolean has(long sequence, int part) {
        long last = lastSequence();
        if (part < 0 || sequence < last) {
            return last >= sequence;
        }
        if (sequence == last) {
            int count = partsOf(sequence);
            return count == 0 || part < count || openParts > 0;
        }
        return sequence == last + 1 && part < openParts;
    }

    private int partsOf(long sequence) {
        MediaPlaylist list = playlist;
        if (list == null || sequence < list.mediaSequence()) {
            return 0;
        }
        List<MediaPlaylist.Segment> segments = list.segments();
        return segments.get((int) (sequence - list.mediaSequence())).parts().size();
    }

    /** Is it so far ahead that to wait for it would be no use? */
    public boolean isTooFar(long sequence, int part) {
        MediaPlaylist list = playlist;
        long last = lastSequence();
        if (list == null || sequence > last + MOST_SEGMENTS_AHEAD) {
            return true;
        }
        MediaPlaylist.Edge edge = list.edge();
        int target = edge == null ? MS_PER_S : edge.partTargetMs();
        int most = target < MS_PER_S ? ADVANCE_PARTS * MS_PER_S / target : ADVANCE_PARTS;
        int known = sequence == last + 1 ? openParts : 0;
        return sequence > last && part >= known + most;
    }
}
