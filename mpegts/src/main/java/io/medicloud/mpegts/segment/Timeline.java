// SPDX-License-Identifier: Apache-2.0
package io.medicloud.mpegts.segment;

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

    /** Where the clock's discontinuity_indicator announced it, any step back is one, and a step that is more than this. */
    static final long JUMP_ANNOUNCED = Pts.HZ;

    /** No time: what a PES packet without PTS has. */
    static final long NONE = Long.MIN_VALUE;

    private final PtsClock clock = new PtsClock();
    private final FrameInterval frame = new FrameInterval();
    private final LastPes lastPes = new LastPes();
    private long lastDts = Pts.NONE;
    private boolean timed;
    private boolean seen;
    private long start;
    private long latest;
    private final ClockRate pcr = new ClockRate();
    private boolean announced;
    private long startUs;
    private long nowUs;

    /** The first segment of a stream starts now. */
    void onStreamStart() {
        startUs = nowUs;
    }

    void onTime(long nowUs) {
        this.nowUs = nowUs;
    }

    /** A clock reference of the program came, in this packet; {@code discontinuity}: discontinuity_indicator of its packet. */
    void onPcr(long value, long packet, boolean discontinuity) {
        pcr.onPcr(value, packet, discontinuity);
        announced |= discontinuity;
    }

    /** discontinuity_indicator of the program's clock, in a packet without one. */
    void onDiscontinuityAnnounced() {
        announced = true;
    }

    /** Whether these times of the reference stream do not follow from those before them. */
    boolean isJump(long pts, long dts) {
        boolean clockJumped = pcr.hasJumped();
        boolean told = announced;
        announced = false;
        if (pts == Pts.NONE) {
            return clockJumped && !timed;
        }
        if (!clock.isRunning()) {
            return false;
        }
        long step = clock.peek(pts) - clock.last();
        long decoding = lastDts == Pts.NONE ? 0 : Pts.distance(lastDts, dts);
        if (told && (decoding < 0 || decoding > JUMP_ANNOUNCED)) {
            return true;
        }
        return Math.abs(step) > JUMP || (step < -JUMP_BACK && decoding < -JUMP_BACK);
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

    /** The PES packet whose times were taken last is audio, and has so many bytes of it; 0 if that is unknown. */
    void onAudio(long bytes) {
        if (seen) {
            lastPes.add(clock.last(), bytes);
        }
    }

    /** The next times are another stream's. */
    void onReference() {
        lastPes.reset();
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
            long ended = seen ? latest + lastPes.ticks(frame.ticks()) : start + sinceStart();
            duration = (time == NONE || time < start ? ended : time) - start;
            begin(time == NONE ? ended : time);
            seen = time != NONE;
        }
        pcr.restart();
        startUs = nowUs;
        return Math.max(0, duration);
    }

    /** The next time follows from none before it. */
    void reset() {
        clock.reset();
        frame.reset();
        lastPes.reset();
        lastDts = Pts.NONE;
        timed = false;
        seen = false;
    }

    /** Nothing follows from what was before it, the clock included. */
    void restart() {
        reset();
        pcr.reset();
        announced = false;
    }

    /** Bits a second of the open segment so far, or {@link SegmentFacts#NO_BITRATE}. */
    long bitrate() {
        return pcr.bitrate();
    }

    private void begin(long time) {
        timed = true;
        start = time;
        latest = time;
    }

    private long sinceStart() {
        if (pcr.isRunning()) {
            return pcr.elapsed();
        }
        return Math.max(0, (nowUs - startUs) * (Pts.HZ / 1000) / 1000);
    }
}
