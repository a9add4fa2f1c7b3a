// SPDX-License-Identifier: Apache-2.0
package io.medicloud.pipeline.timeline;

import io.medicloud.mpegts.packet.Pts;
import java.util.ArrayList;
import java.util.List;

/**
 * Gives each segment of a stream its place, one after the other. A segment that goes on from the one before it begins when that one ended, by the media's
 * own clock, for as long as its first packet arrived within half a second of then; otherwise at its arrival. No segment begins more than half a second
 * before the one in front of it has ended, so that a time of day is in one place (draft-pantos-hls-rfc8216bis, 6.2.1). Belongs to one thread.
 */
public final class Places {
    private static final long TOLERANCE_MS = 500;
    private static final int MOST_CUES = 64;

    private final int targetSeconds;
    private final long epoch;
    private final List<Cue> cues = new ArrayList<>();
    /** Of the segment that ended last. */
    private long breaksBefore;

    private long startMs;
    private long endMs;
    private boolean isFirst;
    private boolean isBroken;
    private Place open = Place.NONE;

    /**
     * Goes on where a stream was.
     *
     * @param last the place of its newest segment; {@link Place#NONE} if that is not known
     * @param lastTicks how long that one lasts, in units of 1/90000 s
     * @param isFirst it has no segments; if it has, what comes does not go on from them
     * @param targetSeconds the target duration that is promised from now on
     * @param epoch which owner receives what comes; 0 if streams have none
     */
    public Places(Place last, long lastTicks, boolean isFirst, int targetSeconds, long epoch) {
        this.breaksBefore = last.breaks();
        this.startMs = last.startMs();
        this.endMs = last.hasStart() ? last.startMs() + millis(lastTicks) : 0;
        this.isFirst = isFirst;
        this.isBroken = !isFirst;
        this.targetSeconds = targetSeconds;
        this.epoch = epoch;
    }

    /** The same of a stream that has no owner. */
    public Places(Place last, long lastTicks, boolean isFirst, int targetSeconds) {
        this(last, lastTicks, isFirst, targetSeconds, 0);
    }

    /**
     * A segment begins.
     *
     * @param nowMs when its first packet arrived, in milliseconds since 1970
     */
    public Place open(long nowMs) {
        boolean goesOn = !isBroken && endMs > startMs;
        long earliest = goesOn ? Math.max(endMs - TOLERANCE_MS, startMs + 1) : endMs;
        long start = goesOn && Math.abs(nowMs - endMs) <= TOLERANCE_MS ? endMs : Math.max(nowMs, earliest);
        open = place(start);
        return open;
    }

    /** What follows does not go on from what was before: told in front of a segment's beginning, or with its first picture. */
    public Place onBreak() {
        isBroken = true;
        if (open.hasStart()) {
            open = place(open.startMs());
        }
        return open;
    }

    /** When the segment that began last began, in milliseconds since 1970. */
    public long startMs() {
        return open.startMs();
    }

    /** A splice point is announced; what more than 64 of them are in one segment is left out. */
    public void onCue(Cue cue) {
        if (cues.size() < MOST_CUES
                && cues.stream().noneMatch(known -> known.id().equals(cue.id()))) {
            cues.add(cue);
        }
    }

    /**
     * The segment that began last ends.
     *
     * @param ticks how long it lasts, in units of 1/90000 s
     */
    public Place close(long ticks) {
        Place whole = new Place(open.startMs(), open.breaks(), targetSeconds, cues, epoch);
        breaksBefore = whole.breaks();
        startMs = whole.startMs();
        endMs = startMs + millis(ticks);
        isFirst = false;
        isBroken = false;
        open = Place.NONE;
        cues.clear();
        return whole;
    }

    private Place place(long startMs) {
        return new Place(startMs, breaksBefore + (isBroken && !isFirst ? 1 : 0), targetSeconds, List.of(), epoch);
    }

    private static long millis(long ticks) {
        return ticks * 1000 / Pts.HZ;
    }
}
