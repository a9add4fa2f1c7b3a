// SPDX-License-Identifier: Apache-2.0
package io.medicloud.srt.protocol;

/**
 * How long a gap may be mere disorder. Originals that arrive late raise the tolerance to just above their lateness, and it fades when there are
 * none; on a path that keeps the order it is zero, and a gap is reported at once. Where waiting for the latest of them would cost a round of
 * retransmission, it waits for most: few enough are left over for the reports of packets that were only late to be cheap.
 */
final class ReorderTolerance {
    private static final long QUIET_US = 2_000_000;
    private static final long FADE_EVERY_US = 250_000;
    private static final long NEGLIGIBLE_US = 1_000;
    private static final long MARGIN_US = 500;

    /** Of a thousand packets, so many may be asked for in vain when time is short; and so many when there is time for one round only. */
    private static final int IN_VAIN_PER_MILLE = 30;

    private static final int MORE_IN_VAIN_PER_MILLE = 80;

    private static final long STEP_US = 500;
    private static final int ROUNDS = 4;

    private final RttEstimator rtt;
    private final long usefulUs;
    private final long mostUs;
    private long allUs;
    private long mostOfThemUs;
    private long lastSeenUs;
    private long lastFadeUs;
    private int distance;

    /**
     * None yet.
     *
     * @param usefulUs how long after its detection a missing packet is still of use
     * @param mostUs its limit; 0: gaps are always reported at once
     */
    ReorderTolerance(RttEstimator rtt, long usefulUs, long mostUs) {
        this.rtt = rtt;
        this.usefulUs = usefulUs;
        this.mostUs = mostUs;
    }

    long toleranceUs() {
        return Math.min(allUs, Math.max(mostOfThemUs, spareUs()));
    }

    /** Whether there is no time for all rounds of retransmission that may be needed, once the disorder there is has been waited out. */
    boolean isTimeShort() {
        return spareUs() < allUs;
    }

    private long spareUs() {
        return usefulUs - ROUNDS * rtt.timeoutUs();
    }

    /** Longest disorder seen, in packets. */
    int distance() {
        return distance;
    }

    /** A packet that was sent once only came after later ones. */
    void onLateOriginal(long latenessUs, int places, long nowUs) {
        distance = Math.max(distance, places);
        lastSeenUs = nowUs;
        allUs = Math.min(mostUs, Math.max(allUs, latenessUs + latenessUs / 8 + MARGIN_US));
        if (latenessUs > mostOfThemUs) {
            mostOfThemUs = Math.min(mostUs, mostOfThemUs + STEP_US);
        }
    }

    /** A packet arrived, whether in order or not. */
    void onPacket() {
        boolean hasOneRound = usefulUs < 2L * rtt.rttUs();
        int inVain = hasOneRound ? MORE_IN_VAIN_PER_MILLE : IN_VAIN_PER_MILLE;
        mostOfThemUs = Math.max(0, mostOfThemUs - STEP_US * inVain / 1000);
    }

    void onTime(long nowUs) {
        if (allUs == 0 || nowUs - lastSeenUs < QUIET_US || nowUs - lastFadeUs < FADE_EVERY_US) {
            return;
        }
        lastFadeUs = nowUs;
        allUs -= allUs / 8;
        if (allUs < NEGLIGIBLE_US) {
            allUs = 0;
        }
    }
}
