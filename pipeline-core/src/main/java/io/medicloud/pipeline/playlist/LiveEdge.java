// SPDX-License-Identifier: Apache-2.0
package io.medicloud.pipeline.playlist;

import io.medicloud.mpegts.packet.Pts;
import io.medicloud.pipeline.record.SegmentRecord;
import io.medicloud.pipeline.spool.SegmentName;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Where a live playlist ends: its last segments, told in parts too, and the parts of the one that grows (draft-pantos-hls-rfc8216bis, 4.4.4.9). */
final class LiveEdge {
    /** Of the target duration: how far from the end parts are told (6.2.2). */
    private static final int PART_TARGETS = 3;

    private LiveEdge() {}

    /**
     * What a live playlist says of these segments.
     *
     * @param growing those whose parts are known, or looked for, by their numbers
     * @param listed the last segment that was listed before
     * @param isWatched are parts looked for?
     */
    static LiveSnapshot look(Presentation written, Map<Long, GrowingSegment> growing, long listed, boolean isWatched) {
        Presentation presentation = listed(written, growing, listed, isWatched);
        if (presentation.isEmpty()) {
            return new LiveSnapshot(null, 0);
        }
        SegmentRecord last = presentation.rows().get(presentation.rows().size() - 1);
        long next = last.sequence() + 1;
        GrowingSegment open = growing.get(next);
        List<MediaPlaylist.Part> openParts = open == null ? List.of() : parts(open);
        boolean isBreak = open != null && open.place.breaks() != last.place().breaks();
        String hint = open == null || !open.isDone() ? partName(next, openParts.size()) : partName(next + 1, 0);
        MediaPlaylist.Edge edge = new MediaPlaylist.Edge(
                LiveWindow.PART_TARGET_MS, isBreak, open == null ? 0 : open.place.startMs(), openParts, hint);
        MediaPlaylist playlist = presentation.live(false, edge);
        return new LiveSnapshot(playlist.withParts(partsNear(playlist, openParts, growing)), openParts.size());
    }

    /**
     * Up to the first segment whose parts are not all found yet: it is listed with all of them. A segment without the parts that were told before, or none behind one that has some, has a
     * player ask for what it has had, hear nothing new, and rest for half a target duration (6.3.4).
     */
    private static Presentation listed(
            Presentation written, Map<Long, GrowingSegment> growing, long listed, boolean isWatched) {
        for (SegmentRecord row : written.rows()) {
            GrowingSegment segment = growing.get(row.sequence());
            boolean isAwaited = segment != null && !segment.isDone() && (isWatched || segment.isToldInPart());
            if (isAwaited && row.sequence() > listed) {
                return written.before(row.sequence());
            }
        }
        return written;
    }

    private static Map<Long, List<MediaPlaylist.Part>> partsNear(
            MediaPlaylist playlist, List<MediaPlaylist.Part> openParts, Map<Long, GrowingSegment> growing) {
        Map<Long, List<MediaPlaylist.Part>> near = new TreeMap<>();
        long behind =
                openParts.stream().mapToLong(MediaPlaylist.Part::durationTicks).sum();
        long most = (long) PART_TARGETS * playlist.targetSeconds() * Pts.HZ;
        for (int i = playlist.segments().size() - 1; i >= 0 && behind <= most; i--) {
            GrowingSegment segment = growing.get(playlist.mediaSequence() + i);
            if (segment != null && segment.isWhole()) {
                near.put(segment.sequence, parts(segment));
            }
            behind += playlist.segments().get(i).durationTicks();
        }
        return near;
    }

    private static List<MediaPlaylist.Part> parts(GrowingSegment segment) {
        List<MediaPlaylist.Part> parts = new ArrayList<>();
        for (LivePart part : segment.parts) {
            parts.add(
                    new MediaPlaylist.Part(partName(segment.sequence, parts.size()), part.ticks(), part.independent()));
        }
        return parts;
    }

    /** How a part is called: {@code segment_0007.3.ts}, counting from 0. */
    private static String partName(long sequence, int part) {
        String name = SegmentName.of(sequence);
        return name.substring(0, name.length() - 2) + part + ".ts";
    }
}
