// SPDX-License-Identifier: Apache-2.0
package io.medicloud.srt.protocol;

/**
 * When a missing packet is reported again. A report may be lost like any packet, so it is repeated shortly after: a sender does not send a packet
 * twice within a round trip less four times its variance, so the second report costs nothing; where there is no time for more rounds a third is made.
 * When the answer is overdue the next round begins; where a whole round would end too late, it begins as soon as the sender would answer.
 *
 * <p>Where the variance is so large that the sender answers both reports, the second is made only where there is no time for more rounds, and what that
 * costs is limited to a share of all packets.
 */
final class ReportTiming {
    static final long NEVER = Long.MAX_VALUE;

    /** Beyond the mean: what both ends take to notice, which the variance of a quiet path does not show. */
    private static final long LEAST_MARGIN_US = 2_500;

    private static final long LEAST_REPEAT_US = 3_000;
    private static final long MOST_REPEAT_US = 5_000;

    /** Reports that the sender answers each, for a hundred packets that arrive. */
    private static final int ANSWERS_PERCENT = 18;

    private static final int MOST_CREDIT = 64 * 100;

    private final RttEstimator rtt;
    private final ReorderTolerance tolerance;
    private int credit;

    /** For one connection. */
    ReportTiming(RttEstimator rtt, ReorderTolerance tolerance) {
        this.rtt = rtt;
        this.tolerance = tolerance;
    }

    /** A packet arrived. */
    void onPacket() {
        credit = Math.min(MOST_CREDIT, credit + ANSWERS_PERCENT);
    }

    /** So many packets were reported, for the second time in their round or not. */
    void onReported(int packets, boolean isSecond) {
        if (!isSecond || spareUs() < 2 * LEAST_REPEAT_US) {
            credit = Math.max(-MOST_CREDIT, credit - 100 * Math.min(packets, MOST_CREDIT / 100));
        }
    }

    /**
     * Whether the answer to a report at that time would come too late, even if it is a quick one. After a moment in which an end stood still the mean is
     * far too large for a while, and its variance larger still.
     */
    boolean isTooLate(long deadlineUs, long atUs) {
        return rtt.isMeasured() && atUs + rtt.rttUs() - 2L * rtt.varianceUs() > deadlineUs;
    }

    /** When the answer to a report should be there, on a path out of order too. */
    long answerDueUs(long reportedUs) {
        return reportedUs + Math.max(rtt.rttUs() + LEAST_MARGIN_US, rtt.timeoutUs());
    }

    /**
     * How long after a report of a round the next one of it follows, or {@link #NEVER}.
     *
     * @param repeated how often that report repeated the first
     */
    long repeatAfterUs(int repeated) {
        if (!rtt.isMeasured()) {
            return repeated == 0
                    ? MOST_REPEAT_US
                    : NEVER; // the sender does not know either what is under way, and answers both
        }
        long spareUs = spareUs();
        long repeatUs = Math.max(LEAST_REPEAT_US, Math.min(MOST_REPEAT_US, Math.min(rtt.rttUs() / 8, spareUs / 3)));
        if (repeated > 0) {
            boolean isThirdFree = spareUs > 4 * repeatUs;
            return repeated == 1 && isThirdFree && tolerance.isTimeShort() ? repeatUs : NEVER;
        }
        boolean isFree = spareUs > 2 * repeatUs;
        return isFree || (tolerance.isTimeShort() && credit > 0) ? repeatUs : NEVER;
    }

    /** When the next round begins; now is the time of the last report of this one. */
    long nextRoundUs(long deadlineUs, long roundUs, long nowUs) {
        long wholeUs = roundUs + rtt.rttUs() + Math.max(LEAST_MARGIN_US, rtt.varianceUs() / 2);
        long nextUs =
                credit > 0 && isTooLate(deadlineUs, wholeUs) ? Math.min(wholeUs, nowUs + shortRoundUs()) : wholeUs;
        return Math.max(nowUs + LEAST_REPEAT_US, nextUs);
    }

    /** After this time the sender answers again, whether its answer is still under way or not. */
    private long shortRoundUs() {
        return Math.max(spareUs(), rtt.rttUs() / 4);
    }

    private long spareUs() {
        return rtt.rttUs() - 4L * rtt.varianceUs();
    }
}
