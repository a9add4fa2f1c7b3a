// SPDX-License-Identifier: Apache-2.0
package io.medicloud.mpegts.segment;

import io.medicloud.mpegts.packet.Pcr;
import io.medicloud.mpegts.packet.Pts;
import io.medicloud.mpegts.packet.PtsClock;

/**
 * Times the open segment, in 90 kHz: by the reference stream's PTS; where there is none by the program's PCR; where there is none either by the
 * time of arrival. A segment lasts up to where the next one starts, so that durations add up to the stream's.
 */
final class Timeline {
    /** A step between two times of the reference stream, in the order of sending, that is more than this is a jump. */
    static final long JUMP = 10L * Pts.HZ;

    /** A step back in decoding time, which only goes forward, that is more than this is a jump too. */
    static final long JUMP_BACK = Pts.HZ;

    /** No time: what a PES packet without PTS has. */
    static final long NONE = Long.MIN_VALUE;

    private final PtsClock clock = new PtsClock();
    private final FrameInterval frame = new FrameInterval();
    private long lastDts = Pts.NONE;
    private boolean timed;
    private boolean seen;
    private long start;
    private long latest;
    private long startPcr = Pcr.NONE;
    private long pcr = Pcr.NONE;
    private long startUs;
    private long nowUs;

    /** The first segment of a stream starts now. */
    void onStreamStart() {
        startUs = nowUs;
    }

    void onTime(long nowUs) {
        this.nowUs = nowUs;
    }

    void onPcr(long value) {
        pcr = value;
        if (startPcr == Pcr.NONE) {
            startPcr = value;
        }
    }

    /** Whether these times of the reference stream do not follow from those before them. */
    boolean isJump(long pts, long dts) {
        if (pts == Pts.NONE || !clock.isRunning()) {
            return false;
        }
        long step = clock.peek(pts) - clock.last();
        boolean back = lastDts != Pts.NONE && step < -JUMP_BACK && Pts.distance(lastDts, dts) < -JUMP_BACK;
        return Math.abs(step) > JUMP || back;
    }

    /** Takes the reference stream's next times; returns the running PTS, or {@link #NONE}. */
    long onTimes(long pts, long dts) {
        if (pts == Pts.NONE) {
            return NONE;
        }
        lastDts = dts;
        long time = clock.unroll(pts);
        frame.add(time);
        if (!timed) {
            begin(time);
        }
        latest = seen ? Math.max(latest, time) : time;
        seen = true;
        return time;
    }

    /** Another stream of the program stands in: its times run beside those of the one before it. */
    void onStandIn() {
        lastDts = Pts.NONE;
    }

    /** How long the open segment is at a PES packet of this time. */
    long elapsed(long time) {
        return timed && time != NONE ? time - start : sinceStart();
    }

    /** Half a picture: what a random access point may come early. */
    long grace() {
        return frame.ticks() / 2;
    }

    /** The segment ends, and the next one starts, at this time; without one, where the last picture ends. Returns its duration. */
    long cut(long time) {
        long duration;
        if (!timed) {
            duration = sinceStart();
        } else {
            long ended = seen ? latest + frame.ticks() : start + sinceStart();
            duration = (time == NONE || time < start ? ended : time) - start;
            begin(time == NONE ? ended : time);
            seen = time != NONE;
        }
        startPcr = pcr;
        startUs = nowUs;
        return Math.max(0, duration);
    }

    /** The next time follows from none before it. */
    void reset() {
        clock.reset();
        frame.reset();
        lastDts = Pts.NONE;
        timed = false;
        seen = false;
        startPcr = Pcr.NONE;
        pcr = Pcr.NONE;
    }

    private void begin(long time) {
        timed = true;
        start = time;
        latest = time;
    }

    private long sinceStart() {
        if (pcr != Pcr.NONE) {
            return Math.max(0, Pcr.base(Pcr.distance(startPcr, pcr)));
        }
        return Math.max(0, (nowUs - startUs) * (Pts.HZ / 1000) / 1000);
    }
}
