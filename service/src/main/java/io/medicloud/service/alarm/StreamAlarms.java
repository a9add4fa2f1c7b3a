// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.alarm;

import io.medicloud.service.config.AlarmConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;

/** The figures of one stream that are told of. Not thread-safe. */
final class StreamAlarms {
    private static final double US_PER_S = 1e6;
    private static final double BITS_PER_MBIT = 1e6;
    private static final int MOST_PERCENT = 100;

    private final Threshold bitrate = new Threshold();
    private final Threshold frameRate = new Threshold();
    private final Threshold loss = new Threshold();
    private final Threshold rtt = new Threshold();
    private final LossWindow window = new LossWindow();

    /**
     * How a stream is.
     *
     * @param isConnected whether anything can come; all else says nothing if not
     * @param frameRate NaN if it is not known
     * @param received packets so far
     * @param missing packets that never came, or too late
     * @param rttMs NaN if it is not known
     */
    record Figures(
            boolean isConnected, long bitsPerSecond, double frameRate, long received, long missing, double rttMs) {}

    /** What is to be told. */
    record Notice(boolean isRaised, String reason) {}

    /** Takes how it is now. */
    List<Notice> look(Figures now, AlarmConfig limits, long nowUs) {
        long afterUs = limits.after().toNanos() / 1000;
        List<Notice> notices = new ArrayList<>();
        add(
                notices,
                "bitrate",
                () -> String.format(Locale.ROOT, "%.3f Mbit/s", now.bitsPerSecond() / BITS_PER_MBIT),
                () -> String.format(Locale.ROOT, "below %.3f Mbit/s", limits.bitrateBelow() / BITS_PER_MBIT),
                bitrate,
                now.isConnected() && limits.bitrateBelow() > 0
                        ? bitrate.lookBelow(
                                (double) now.bitsPerSecond(), (double) limits.bitrateBelow(), nowUs, afterUs)
                        : bitrate.lookAway(),
                nowUs);
        add(
                notices,
                "frame rate",
                () -> String.format(Locale.ROOT, "%.2f pictures/s", now.frameRate()),
                () -> String.format(Locale.ROOT, "below %.2f", limits.frameRateBelow()),
                frameRate,
                now.isConnected() && limits.frameRateBelow() > 0 && !Double.isNaN(now.frameRate())
                        ? frameRate.lookBelow(now.frameRate(), limits.frameRateBelow(), nowUs, afterUs)
                        : frameRate.lookAway(),
                nowUs);
        double percent = window.percent(nowUs, now.received(), now.missing());
        add(
                notices,
                "loss",
                () -> String.format(Locale.ROOT, "%.3f %% of the packets", percent),
                () -> String.format(Locale.ROOT, "above %.3f %%", limits.lossAbove()),
                loss,
                now.isConnected() && limits.lossAbove() < MOST_PERCENT
                        ? loss.lookAbove(percent, limits.lossAbove(), nowUs, afterUs)
                        : loss.lookAway(),
                nowUs);
        add(
                notices,
                "round trip",
                () -> String.format(Locale.ROOT, "%.1f ms", now.rttMs()),
                () -> String.format(
                        Locale.ROOT, "above %d ms", limits.rttAbove().toMillis()),
                rtt,
                now.isConnected() && !limits.rttAbove().isZero() && !Double.isNaN(now.rttMs())
                        ? rtt.lookAbove(now.rttMs(), (double) limits.rttAbove().toMillis(), nowUs, afterUs)
                        : rtt.lookAway(),
                nowUs);
        return notices;
    }

    /** Texts are made only if there is something to tell. */
    private static void add(
            List<Notice> to,
            String name,
            Supplier<String> figure,
            Supplier<String> limit,
            Threshold threshold,
            Threshold.Change change,
            long nowUs) {
        if (change == Threshold.Change.RAISED) {
            to.add(new Notice(true, name + ": " + figure.get() + ", " + limit.get()));
        } else if (change == Threshold.Change.CLEARED) {
            to.add(new Notice(
                    false,
                    String.format(
                            Locale.ROOT,
                            "%s: no longer %s; for %.0f s it was",
                            name,
                            limit.get(),
                            threshold.raisedForUs(nowUs) / US_PER_S)));
        }
    }
}
