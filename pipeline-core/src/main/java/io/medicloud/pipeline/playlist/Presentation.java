// SPDX-License-Identifier: Apache-2.0
package io.medicloud.pipeline.playlist;

import io.medicloud.mpegts.packet.Pts;
import io.medicloud.pipeline.record.SegmentRecord;
import io.medicloud.pipeline.record.SegmentState;
import io.medicloud.pipeline.spool.SegmentName;
import io.medicloud.pipeline.timeline.Place;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a stream's segments are to those who play it: a run of consecutive numbers, from which playlists are made. A segment's number is its
 * media sequence number; one that is missing is a gap; how many breaks lie before it is kept with it. So whoever makes a playlist, and whenever,
 * says the same of the same segment. Immutable.
 */
public final class Presentation {
    /** Of the target duration: how much a live playlist lists at least (RFC 8216, 6.2.2: at least three; to skip from, more than six). */
    private static final int LIVE_TARGETS = 10;

    private static final long TICKS_PER_MS = Pts.HZ / 1000;
    /** A stream's times stand that far apart at the most (13818-1, 2.7.4): how much a segment may be longer than its longest. */
    private static final int OVERSHOOT_MS = 700;

    private static final int MS_PER_S = 1000;

    private final List<SegmentRecord> rows;
    private final int targetSeconds;
    /** When the segment behind the last begins; 0 if that is not known. */
    private final long nextStartMs;

    private Presentation(List<SegmentRecord> rows, int targetSeconds, long nextStartMs) {
        this.rows = List.copyOf(rows);
        this.targetSeconds = targetSeconds;
        this.nextStartMs = nextStartMs;
    }

    /**
     * The presentation of these segments: those behind the last number that nothing is known of, up to the first that is not whole yet. One whose
     * duration is not known before the next one begins is not told before.
     *
     * @param rows of one stream, by their numbers
     */
    public static Presentation of(List<SegmentRecord> rows) {
        int end = 0;
        while (end < rows.size() && rows.get(end).state() != SegmentState.OPEN) {
            end++;
        }
        long nextStartMs = end < rows.size() ? rows.get(end).place().startMs() : 0;
        int last = end;
        while (last > 0 && nextStartMs == 0 && rows.get(last - 1).facts().durationTicks() == 0) {
            last--;
        }
        int first = last;
        while (first > 0 && isJoined(rows, first - 1, last)) {
            first--;
        }
        return of(rows.subList(first, last), last == end ? nextStartMs : 0);
    }

    private static boolean isJoined(List<SegmentRecord> rows, int at, int end) {
        SegmentRecord row = rows.get(at);
        return row.state() != SegmentState.EXPIRED
                && (at + 1 == end || row.sequence() + 1 == rows.get(at + 1).sequence());
    }

    private static Presentation of(List<SegmentRecord> rows, long nextStartMs) {
        long target = 1;
        for (SegmentRecord row : rows) {
            int promised = row.place().targetSeconds();
            target = Math.max(
                    target,
                    promised > 0
                            ? promised
                            : PlaylistWriter.roundedSeconds(row.facts().durationTicks()));
        }
        return new Presentation(rows, Math.toIntExact(target), nextStartMs);
    }

    /** The target duration that can be kept where no segment is to be longer than that, in milliseconds. */
    public static int targetSeconds(long longestMs) {
        return Math.toIntExact(Math.max(1, (longestMs + OVERSHOOT_MS + MS_PER_S / 2) / MS_PER_S));
    }

    /** How long segments may be, in milliseconds, for that target duration to be kept: what {@link #targetSeconds(long)} was made of, or some more. */
    public static long longestMs(int targetSeconds) {
        return (long) (targetSeconds + 1) * MS_PER_S - 1 - MS_PER_S / 2 - OVERSHOOT_MS;
    }

    /** Only what stands in the store, up to the first that does not. */
    public Presentation stored() {
        int end = 0;
        while (end < rows.size() && rows.get(end).state() != SegmentState.SEALED) {
            end++;
        }
        return end == rows.size()
                ? this
                : of(rows.subList(0, end), rows.get(end).place().startMs());
    }

    /** The shortest end of it that is long enough for a live playlist. */
    public Presentation window() {
        long least = (long) LIVE_TARGETS * targetSeconds * Pts.HZ;
        int first = rows.size();
        long ticks = 0;
        while (first > 0 && ticks < least) {
            first--;
            ticks += ticks(first);
        }
        return new Presentation(rows.subList(first, rows.size()), targetSeconds, nextStartMs);
    }

    /** Those in front of a segment that it has. */
    Presentation before(long sequence) {
        int end = (int) (sequence - rows.get(0).sequence());
        return new Presentation(
                rows.subList(0, end), targetSeconds, rows.get(end).place().startMs());
    }

    /** The newest so many. */
    public Presentation newest(int most) {
        return new Presentation(rows.subList(Math.max(0, rows.size() - most), rows.size()), targetSeconds, nextStartMs);
    }

    /**
     * What was to be seen between two times of day, in milliseconds since 1970: the segments that have something of it. Without those at
     * whose time nothing is known.
     */
    public Presentation between(long fromMs, long toMs) {
        int first = 0;
        while (first < rows.size() && !isBehind(first, fromMs)) {
            first++;
        }
        int end = first;
        while (end < rows.size() && rows.get(end).place().startMs() < toMs) {
            end++;
        }
        return new Presentation(
                rows.subList(first, end),
                targetSeconds,
                end < rows.size() ? rows.get(end).place().startMs() : nextStartMs);
    }

    private boolean isBehind(int at, long timeMs) {
        long start = rows.get(at).place().startMs();
        return start > 0 && start + ticks(at) / TICKS_PER_MS > timeMs;
    }

    /** Is there nothing? */
    public boolean isEmpty() {
        return rows.isEmpty();
    }

    /** The segments, by their numbers, without a hole. */
    public List<SegmentRecord> rows() {
        return rows;
    }

    /** What no segment's duration, rounded, is more than. */
    public int targetSeconds() {
        return targetSeconds;
    }

    /**
     * As a live playlist: what has left it is gone.
     *
     * @param edge what is known of the segment behind the last; null if that is not told
     */
    public MediaPlaylist live(boolean ended, MediaPlaylist.@Nullable Edge edge) {
        return list(MediaPlaylist.Type.LIVE, ended, edge);
    }

    /** As a playlist that only grows. */
    public MediaPlaylist event(boolean ended) {
        return list(MediaPlaylist.Type.EVENT, ended, null);
    }

    /** As a playlist that does not change. */
    public MediaPlaylist vod() {
        return list(MediaPlaylist.Type.VOD, true, null);
    }

    private MediaPlaylist list(MediaPlaylist.Type type, boolean ended, MediaPlaylist.@Nullable Edge edge) {
        List<MediaPlaylist.Segment> segments = new ArrayList<>(rows.size());
        for (int i = 0; i < rows.size(); i++) {
            SegmentRecord row = rows.get(i);
            segments.add(new MediaPlaylist.Segment(
                    SegmentName.of(row.sequence()),
                    ticks(i),
                    isBreak(i),
                    row.facts().independent(),
                    isGap(row),
                    row.place().startMs(),
                    row.place().cues(),
                    List.of()));
        }
        long first = rows.isEmpty() ? 0 : rows.get(0).sequence();
        long breaks = rows.isEmpty() ? 0 : rows.get(0).place().breaks();
        return new MediaPlaylist(type, targetSeconds, first, breaks, segments, ended, edge);
    }

    private static boolean isGap(SegmentRecord row) {
        return row.state() == SegmentState.LOST || row.state() == SegmentState.REJECTED;
    }

    /** A segment of an earlier version knows only for itself whether it goes on. */
    private boolean isBreak(int at) {
        if (at == 0) {
            return rows.get(0).facts().discontinuity();
        }
        Place place = rows.get(at).place();
        Place before = rows.get(at - 1).place();
        boolean isKnown = place.targetSeconds() > 0 && before.targetSeconds() > 0;
        return isKnown
                ? place.breaks() != before.breaks()
                : rows.get(at).facts().discontinuity();
    }

    /**
     * How long one of its segments is played, in units of 1/90000 s: as long as it lasts; a lost one for what was between its beginning and the next one's. Never more than
     * was promised.
     *
     * @param at its place among the {@link #rows}
     */
    public long ticks(int at) {
        Place place = rows.get(at).place();
        int promised = place.targetSeconds() > 0 ? place.targetSeconds() : targetSeconds;
        long most = promised * (long) Pts.HZ + Pts.HZ / 2 - 1;
        long known = rows.get(at).facts().durationTicks();
        if (known > 0) {
            return Math.min(known, most);
        }
        long next = at + 1 < rows.size() ? rows.get(at + 1).place().startMs() : nextStartMs;
        long between = place.hasStart() && next > place.startMs() ? (next - place.startMs()) * TICKS_PER_MS : 0;
        return Math.min(between, most);
    }
}
