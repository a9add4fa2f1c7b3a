// SPDX-License-Identifier: Apache-2.0
package io.medicloud.mpegts.segment;

/**
 * The run of packets directly in front of what comes next over which a mark is pulled back: PAT, PMT, SDT, null and PCR-only packets. Knows the
 * tables in force where the run begins.
 */
final class PullBack {
    /** The longest run: of a longer one the last packets count. */
    static final int MOST_PACKETS = 350;

    static final long NONE = Long.MAX_VALUE;

    private final TablesInForce tables = new TablesInForce();
    private long first = NONE;
    private long errors;
    private long sinceUs;

    /** Sets a place to the tables in force, with the counters in front of the next packet. */
    interface InForce {
        void mark(TablesInForce place);
    }

    boolean isRunning() {
        return first != NONE;
    }

    /** The number of its first packet, or {@link #NONE}. */
    long first() {
        return first;
    }

    TablesInForce tables() {
        return tables;
    }

    /** Breaks of continuity in it. */
    long errors() {
        return errors;
    }

    long sinceUs() {
        return sinceUs;
    }

    /** A packet of a run comes next; {@code mayBegin} if a run can begin with it. Its counter and its table are not taken in yet. */
    void onPacket(long number, boolean mayBegin, InForce inForce, long nowUs) {
        if (first == NONE ? mayBegin : number - first >= MOST_PACKETS) {
            inForce.mark(tables);
            first = number;
            errors = 0;
            sinceUs = nowUs;
        }
    }

    /** The PAT is complete; it begins with this packet. */
    void onPat(long firstPacket) {
        if (first != NONE && firstPacket >= first) {
            tables.patFollows();
        }
    }

    /** The program's map is complete; it begins with this packet. */
    void onPmt(long firstPacket) {
        if (first != NONE && firstPacket >= first) {
            tables.pmtFollows();
        }
    }

    void onContinuityError() {
        errors++;
    }

    /** The run is over, used or not. */
    void end() {
        first = NONE;
    }
}
