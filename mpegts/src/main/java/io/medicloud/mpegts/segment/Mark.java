// SPDX-License-Identifier: Apache-2.0
package io.medicloud.mpegts.segment;

import io.medicloud.mpegts.packet.Pts;
import io.medicloud.mpegts.packet.TsPacket;
import io.medicloud.mpegts.pes.PesHeader;

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
    private int counter;
    private int streamId;
    private long pts;
    private long dts;
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

    /** continuity_counter of its PES packet's first packet. */
    int counter() {
        return counter;
    }

    /** The stream_id of its PES packet, once that is known. */
    int streamId() {
        return streamId;
    }

    /** The DTS of its PES packet, once that is known. */
    long dts() {
        return dts;
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
    void set(long number, int pesCounter, long nowUs) {
        at = number;
        counter = pesCounter;
        pesStart = number;
        errors = 0;
        sinceUs = nowUs;
        pts = Pts.NONE;
        dts = Pts.NONE;
        time = Timeline.NONE;
    }

    /** Pulls it back to where this run begins. */
    void pullBack(PullBack run) {
        at = run.first();
        errors = run.errors();
        sinceUs = run.sinceUs();
        tables.set(run.tables());
    }

    void onHeader(PesHeader header, long time) {
        this.streamId = header.streamId();
        this.pts = header.pts();
        this.dts = header.dts();
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
