// SPDX-License-Identifier: Apache-2.0
package io.medicloud.srt.protocol;

/**
 * How long a gap may be mere disorder. Originals that arrive late raise the tolerance to just above their lateness, and it fades when there are
 * none; on a path that keeps the order it is zero, and a gap is reported at once.
 */
final class ReorderTolerance {
    private static final long QUIET_US = 2_000_000;
    private static final long FADE_EVERY_US = 250_000;
    private static final long NEGLIGIBLE_US = 1_000;
    private static final long MARGIN_US = 500;

    private final long mostUs;
    private long toleranceUs;
    private long lastSeenUs;
    private long lastFadeUs;
    private int distance;

    ReorderTolerance(long mostUs) {
        this.mostUs = mostUs;
    }

    long toleranceUs() {
        return toleranceUs;
    }

    /** Longest disorder seen, in packets. */
    int distance() {
        return distance;
    }

    /** A packet that was sent once only came after later ones. */
    void onLateOriginal(long latenessUs, int places, long nowUs) {
        distance = Math.max(distance, places);
        lastSeenUs = nowUs;
        toleranceUs = Math.min(mostUs, Math.max(toleranceUs, latenessUs + latenessUs / 8 + MARGIN_US));
    }

    void onTime(long nowUs) {
        if (toleranceUs == 0 || nowUs - lastSeenUs < QUIET_US || nowUs - lastFadeUs < FADE_EVERY_US) {
            return;
        }
        lastFadeUs = nowUs;
        toleranceUs -= toleranceUs / 8;
        if (toleranceUs < NEGLIGIBLE_US) {
            toleranceUs = 0;
        }
    }
}
