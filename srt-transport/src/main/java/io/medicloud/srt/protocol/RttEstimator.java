// SPDX-License-Identifier: Apache-2.0
package io.medicloud.srt.protocol;

/** Smoothed round trip time and its variance (draft 4.10). */
final class RttEstimator {
    static final int INITIAL_RTT_US = 100_000;
    static final int INITIAL_VARIANCE_US = 50_000;

    /** Longer samples are damage, or older than any packet that is still wanted. */
    private static final int LONGEST_RTT_US = 10_000_000;

    /** A peer's estimate that rises by more at once is believed when the next one says the same. */
    private static final int MOST_RISE = 4;

    private static final int NEGLIGIBLE_RISE_US = 500_000;

    private int rttUs = INITIAL_RTT_US;
    private int varianceUs = INITIAL_VARIANCE_US;
    private boolean measured;
    private long toldUs;

    /** An ACKACK came back after this time. */
    void onSample(long sampleUs) {
        if (sampleUs < 0 || sampleUs > LONGEST_RTT_US) {
            return;
        }
        int sample = (int) sampleUs;
        if (!measured) {
            measured = true;
            rttUs = sample;
            varianceUs = sample / 2;
            return;
        }
        smooth(sample, Math.abs(sample - rttUs));
    }

    /** A full ACK told the peer's estimate; one that only sends takes it over, one that receives too smoothes it in. */
    void onPeerEstimate(int peerRttUs, int peerVarianceUs, boolean receives) {
        boolean isInitial = peerRttUs == INITIAL_RTT_US && peerVarianceUs == INITIAL_VARIANCE_US;
        if (isInitial || peerRttUs <= 0 || peerRttUs > LONGEST_RTT_US || peerVarianceUs < 0) {
            return;
        }
        long beforeUs = toldUs;
        toldUs = peerRttUs + 4L * peerVarianceUs;
        if (toldUs > MOST_RISE * timeoutUs() + NEGLIGIBLE_RISE_US && toldUs > 2 * beforeUs) {
            return; // damaged, if it is alone
        }
        if (receives && measured) {
            smooth(peerRttUs, Math.abs(peerRttUs - rttUs));
        } else {
            rttUs = peerRttUs;
            varianceUs = Math.min(peerVarianceUs, LONGEST_RTT_US);
        }
    }

    private void smooth(int sample, int deviation) {
        varianceUs = (3 * varianceUs + deviation) / 4;
        rttUs = (7 * rttUs + sample) / 8;
    }

    int rttUs() {
        return rttUs;
    }

    int varianceUs() {
        return varianceUs;
    }

    boolean isMeasured() {
        return measured;
    }

    /** After this time without an answer, none is coming. */
    long timeoutUs() {
        return rttUs + 4L * varianceUs;
    }
}
