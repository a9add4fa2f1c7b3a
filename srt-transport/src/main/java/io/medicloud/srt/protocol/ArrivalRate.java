// SPDX-License-Identifier: Apache-2.0
package io.medicloud.srt.protocol;

/** Packets and bytes that arrived in a second, for the rate words of a full ACK (draft 3.2.4). */
final class ArrivalRate {
    private static final long WINDOW_US = 1_000_000;

    private long windowStartUs;
    private long packets;
    private long bytes;
    private int packetRate;
    private int byteRate;

    void onPacket(int length, long nowUs) {
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
