// SPDX-License-Identifier: Apache-2.0
package io.medicloud.mpegts.segment;

/** The beginning of a stream, up to the reference's first PES packet: whether the first segment can be independent, as its tables came first and that packet is whole. */
final class StreamHead {
    private boolean clear;
    private boolean started;
    private boolean over;

    /** A stream begins. */
    void reset() {
        clear = true;
        started = false;
        over = false;
    }

    /** Other packets came before the tables. */
    void onUnclear() {
        clear = false;
    }

    /** A packet of the reference stream that begins no PES packet: the rest of one that began before the stream. */
    void onRest() {
        clear &= started;
    }

    /** A PES packet of the reference stream begins. */
    void onPesStart() {
        started = true;
    }

    /** The header of a PES packet of the reference stream is known. */
    void onHeader() {
        over = true;
    }

    /** The first PES packet cannot be read. */
    void onScrambled() {
        over = true;
        clear = false;
    }

    /** Whether nothing is known that the first segment lacks. */
    boolean isClear() {
        return clear;
    }

    /** Whether the reference's first PES packet has come. */
    boolean isOver() {
        return over;
    }
}
