// SPDX-License-Identifier: Apache-2.0
package io.medicloud.srt.protocol;

/** Packets and bytes that arrived in a second, and what the link carries at least, for the rate words of a full ACK (draft 3.2.4). */
final class ArrivalRate {
    private static final long WINDOW_US = 1_000_000;

    private final LinkCapacity capacity = new LinkCapacity();
    private final int mtu;
    private long windowStartUs;
    private long packets;
    private long bytes;
    private int packetRate;
    private int byteRate;

    /** Tells the capacity in packets of this size, with their headers. */
    ArrivalRate(int mtu) {
        this.mtu = mtu;
    }

    /** A packet with a payload of this length came after {@code sinceUs}, and about now. */
    void onPacket(int length, long sinceUs, long nowUs) {
        capacity.onPacket(length + SessionCounters.HEADERS, sinceUs, nowUs);
        if (windowStartUs == 0) {
            windowStartUs = nowUs;
        }
        roll(nowUs);
        packets++;
        bytes += length;
    }

    int packetRate() {
        return packetRate;
    }

    int byteRate() {
        return byteRate;
    }

    /** What the link carries at least, in full packets a second: the best of short spans, or what came in the last whole second; 0 if neither is known yet. */
    int linkCapacity() {
        long mean = byteRate + (long) packetRate * SessionCounters.HEADERS;
        long most = Math.max(capacity.bytesPerSecond(), mean);
        return (int) Math.min(Integer.MAX_VALUE, (most + mtu - 1) / mtu);
    }

    private void roll(long nowUs) {
        long spanUs = nowUs - windowStartUs;
        if (spanUs >= WINDOW_US) {
            packetRate = (int) Math.min(Integer.MAX_VALUE, packets * 1_000_000 / spanUs);
            byteRate = (int) Math.min(Integer.MAX_VALUE, bytes * 1_000_000 / spanUs);
            packets = 0;
            bytes = 0;
            windowStartUs = nowUs;
        }
    }
}
