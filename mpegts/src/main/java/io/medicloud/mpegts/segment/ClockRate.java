// SPDX-License-Identifier: Apache-2.0
package io.medicloud.mpegts.segment;

import io.medicloud.mpegts.packet.Pcr;
import io.medicloud.mpegts.packet.TsPacket;

/**
 * Measures the bit rate of the packets between the program's clock references (ISO/IEC 13818-1, 2.4.2.2), and the time that those cover. Steps that are
 * no time, because the clock jumped, count for nothing.
 */
final class ClockRate {
    /** A longer step between two clock references is a jump. */
    private static final long LONGEST_STEP = 10L * Pcr.HZ;
    /** Steps between two clock references that are announced as a discontinuity and longer than this are a jump too. */
    private static final long LONGEST_ANNOUNCED = Pcr.HZ;

    private static final int PACKET_BITS = TsPacket.SIZE * 8;

    private long last = Pcr.NONE;
    private long lastPacket;
    private long ticks;
    private long packets;
    private boolean jumped;

    /** A clock reference came, in this packet; {@code announced}: with discontinuity_indicator. */
    void onPcr(long pcr, long packet, boolean announced) {
        if (last != Pcr.NONE) {
            long step = Pcr.distance(last, pcr);
            if (step < 0 || step > (announced ? LONGEST_ANNOUNCED : LONGEST_STEP)) {
                jumped = true;
            } else {
                ticks += step;
                packets += packet - lastPacket;
            }
        }
        last = pcr;
        lastPacket = packet;
    }

    boolean isRunning() {
        return last != Pcr.NONE;
    }

    /** Whether the clock jumped since this was asked last. */
    boolean hasJumped() {
        boolean did = jumped;
        jumped = false;
        return did;
    }

    /** The time since the last {@link #restart}, in 90 kHz. */
    long elapsed() {
        return Pcr.base(ticks);
    }

    /** Bits a second since the last {@link #restart}, or {@link SegmentFacts#NO_BITRATE}. */
    long bitrate() {
        return ticks == 0 || packets == 0
                ? SegmentFacts.NO_BITRATE
                : Math.round((double) packets * PACKET_BITS * Pcr.HZ / ticks);
    }

    /** A segment starts. */
    void restart() {
        ticks = 0;
        packets = 0;
    }

    /** The next clock reference follows from none before it. */
    void reset() {
        restart();
        last = Pcr.NONE;
        jumped = false;
    }
}
