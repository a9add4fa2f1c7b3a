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

    /** Whether a run has to begin with this packet, which belongs to one. */
    boolean begins(long number) {
        return first == NONE || number - first >= MOST_PACKETS;
    }

    /** A run begins with this packet; its tables must be set to what is in force in front of it. */
    void begin(long number, long nowUs) {
        first = number;
        errors = 0;
        sinceUs = nowUs;
    }

    void onContinuityError() {
        errors++;
    }

    /** The run is over, used or not. */
    void end() {
        first = NONE;
    }
}
