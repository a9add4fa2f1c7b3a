// SPDX-License-Identifier: Apache-2.0
package io.medicloud.srt.protocol;

/** Limits what retransmissions take (MAXREXMITBW) by a bucket that holds a tenth of a second's worth; the one that empties it may overdraw it. */
final class RetransmissionLimit {
    private static final long BURST_US = 100_000;
    private static final double SECOND_US = 1_000_000;

    private final long bytesPerSecond;
    private double credit;
    private long creditedUs;

    /**
     * A full bucket.
     *
     * @param bytesPerSecond with headers; -1: no limit, 0: no retransmissions
     */
    RetransmissionLimit(long bytesPerSecond, long nowUs) {
        this.bytesPerSecond = bytesPerSecond;
        credit = most();
        creditedUs = nowUs;
    }

    private double most() {
        return bytesPerSecond * (BURST_US / SECOND_US);
    }

    boolean maySend(long nowUs) {
        if (bytesPerSecond < 0) {
            return true;
        }
        credit = Math.min(most(), credit + bytesPerSecond * ((nowUs - creditedUs) / SECOND_US));
        creditedUs = nowUs;
        return credit > 0;
    }

    void onSent(int payloadLength) {
        credit -= payloadLength + SessionCounters.HEADERS;
    }
}
