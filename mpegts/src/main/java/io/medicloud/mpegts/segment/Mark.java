// SPDX-License-Identifier: Apache-2.0
package io.medicloud.mpegts.segment;

import io.medicloud.mpegts.packet.Pts;
import io.medicloud.mpegts.packet.TsPacket;

/** The place in front of a PES packet of the reference stream where a segment may start, held back until it is decided whether it does. */
final class Mark {
    /** The most packets from the PES packet's first one on. */
    static final int MOST_PACKETS = 350;
    /** The most bytes from there on. */
    static final int MOST_BYTES = 64 << 10;
    /** The longest that packets are held back. */
    static final long MOST_US = 500_000;

    static final long NONE = Long.MAX_VALUE;

    private static final int WINDOW = Math.min(MOST_PACKETS, MOST_BYTES / TsPacket.SIZE);

    private final TablesInForce tables = new TablesInForce();
    private long at = NONE;
    private long pesStart;
    private long errors;
    private long sinceUs;
    private long pts;
    private long time;

    boolean isSet() {
        return at != NONE;
    }

    /** The number of the first packet behind it, or {@link #NONE}. */
    long at() {
        return at;
    }

    TablesInForce tables() {
        return tables;
    }

    /** Breaks of continuity behind it. */
    long errors() {
        return errors;
    }

    /** The PTS of its PES packet, once that is known. */
    long pts() {
        return pts;
    }

    /** The running time of its PES packet, once that is known. */
    long time() {
        return time;
    }

    /** The mark of a PES packet that begins with this packet. Its tables must be set. */
    void set(long number, long nowUs) {
        at = number;
        pesStart = number;
        errors = 0;
        sinceUs = nowUs;
        pts = Pts.NONE;
        time = Timeline.NONE;
    }

    /** Pulls it back to where this run begins. */
    void pullBack(PullBack run) {
        at = run.first();
        errors = run.errors();
        sinceUs = run.sinceUs();
        tables.set(run.tables());
    }

    void onHeader(long pts, long time) {
        this.pts = pts;
        this.time = time;
    }

    void onContinuityError() {
        errors++;
    }

    /** Whether more is held back than may be, with this packet. */
    boolean isExceeded(long number) {
        return at != NONE && number - pesStart >= WINDOW;
    }

    /** Whether packets wait for longer than they may. */
    boolean isOverdue(long nowUs) {
        return at != NONE && nowUs - sinceUs > MOST_US;
    }

    void clear() {
        at = NONE;
    }
}
