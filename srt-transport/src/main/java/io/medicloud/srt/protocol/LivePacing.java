// SPDX-License-Identifier: Apache-2.0
package io.medicloud.srt.protocol;

import io.medicloud.srt.protocol.SessionPolicy.Bandwidth;

/** Live congestion control (draft 5.1): packets leave no faster than the bandwidth allows, and lateness is made up for within a few ticks. */
final class LivePacing {
    /** Without a limit: what no link of today reaches, so that a burst still does not swamp the receiver's socket. */
    static final long UNLIMITED = 250_000_000;

    private static final long MOST_LATENESS_US = 5_000;
    private static final long FIRST_WINDOW_US = 500_000;
    private static final long WINDOW_US = 1_000_000;

    private final Bandwidth bandwidth;
    private double meanPayload;
    private double nextUs;
    private double periodUs;
    private long windowStartUs;
    private long windowUs = FIRST_WINDOW_US;
    private long windowBytes;
    private long lastSubmittedUs;
    private long measuredInput;

    LivePacing(Bandwidth bandwidth, int payloadSize, long nowUs) {
        this.bandwidth = bandwidth;
        meanPayload = payloadSize;
        lastSubmittedUs = nowUs - WINDOW_US;
        nextUs = nowUs;
        computePeriod();
    }

    /** The application submitted a payload. */
    void onSubmitted(int payloadLength, long nowUs) {
        if (nowUs - lastSubmittedUs >= WINDOW_US) {
            // A pause says nothing of the input, and what was measured before it holds until there is more.
            windowBytes = 0;
            windowStartUs = nowUs;
        }
        lastSubmittedUs = nowUs;
        windowBytes += payloadLength + SessionCounters.HEADERS;
        long spanUs = nowUs - windowStartUs;
        if (spanUs >= windowUs) {
            measuredInput = windowBytes * 1_000_000 / spanUs;
            windowBytes = 0;
            windowStartUs = nowUs;
            windowUs = WINDOW_US;
            computePeriod();
        }
    }

    boolean maySend(long nowUs) {
        if (nextUs < nowUs - MOST_LATENESS_US) {
            nextUs = nowUs - MOST_LATENESS_US;
        }
        return nextUs <= nowUs;
    }

    /** A packet left; the next one after it comes a period later. */
    void onSent(int payloadLength) {
        meanPayload += (payloadLength - meanPayload) / 128;
        nextUs += periodUs;
        computePeriod();
    }

    double periodUs() {
        return periodUs;
    }

    /** Bytes a second in force. */
    long limit() {
        if (bandwidth.most() > 0) {
            return bandwidth.most();
        }
        if (bandwidth.most() < 0) {
            return UNLIMITED;
        }
        long input = bandwidth.input() > 0 ? bandwidth.input() : Math.max(measuredInput, bandwidth.leastInput());
        return input == 0 ? UNLIMITED : input * (100 + bandwidth.overheadPercent()) / 100;
    }

    private void computePeriod() {
        periodUs = (meanPayload + SessionCounters.HEADERS) * 1_000_000 / limit();
    }
}
