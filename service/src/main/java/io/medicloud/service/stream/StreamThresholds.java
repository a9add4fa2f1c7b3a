// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.stream;

import io.medicloud.pipeline.SourceLimits;
import io.medicloud.service.config.AlarmConfig;
import io.medicloud.service.stream.StreamException.Kind;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * From where on one stream is dropped, told of or ended, otherwise than it is configured; null, or 0: as configured.
 *
 * @param maxBitrate bits a second, of which what is above is dropped; never more than is configured
 * @param stallAfter how long nothing may come of a source that is connected before that is told
 * @param noMedia how long it may take until the first media comes before the stream fails
 * @param alarmBitrate see {@link AlarmConfig}, as those that follow
 */
public record StreamThresholds(
        long maxBitrate,
        @Nullable Duration stallAfter,
        @Nullable Duration noMedia,
        long alarmBitrate,
        double alarmFrameRate,
        double alarmLoss,
        @Nullable Duration alarmRtt) {
    /** Everything as configured. */
    public static final StreamThresholds CONFIGURED = new StreamThresholds(0, null, null, 0, 0, 0, null);

    private static final long MOST_BITS_PER_SECOND = 10_000_000_000L;
    private static final Duration LEAST = Duration.ofMillis(1);
    private static final Duration MOST = Duration.ofHours(24);
    private static final Duration MOST_RTT = Duration.ofSeconds(60);
    private static final double MOST_FRAMES = 300;
    private static final double MOST_PERCENT = 100;

    /**
     * What an open stream is asked to have: null stays as it is; zero is as configured.
     *
     * @param maxBitrate see {@link StreamThresholds}, as those that follow
     */
    public record Update(
            @Nullable Long maxBitrate,
            @Nullable Duration stallAfter,
            @Nullable Duration noMedia,
            @Nullable Long alarmBitrate,
            @Nullable Double alarmFrameRate,
            @Nullable Double alarmLoss,
            @Nullable Duration alarmRtt) {
        /** Asks for nothing. */
        public static final Update NONE = new Update(null, null, null, null, null, null, null);

        StreamThresholds applyTo(StreamThresholds now) {
            return new StreamThresholds(
                    Objects.requireNonNullElse(maxBitrate, now.maxBitrate),
                    or(stallAfter, now.stallAfter),
                    or(noMedia, now.noMedia),
                    Objects.requireNonNullElse(alarmBitrate, now.alarmBitrate),
                    Objects.requireNonNullElse(alarmFrameRate, now.alarmFrameRate),
                    Objects.requireNonNullElse(alarmLoss, now.alarmLoss),
                    or(alarmRtt, now.alarmRtt));
        }

        private static @Nullable Duration or(@Nullable Duration asked, @Nullable Duration now) {
            return asked == null ? now : asked.isZero() ? null : asked;
        }

        /** What is expected of the source then; of what is not asked for, what was when it was started. */
        SourceLimits limits(StreamThresholds next, SourceLimits configured, SourceLimits running) {
            SourceLimits asked = next.limits(configured);
            return new SourceLimits(
                    noMedia == null ? running.noMedia() : asked.noMedia(),
                    stallAfter == null ? running.stall() : asked.stall(),
                    running.longest(),
                    maxBitrate == null ? running.mostBitsPerSecond() : asked.mostBitsPerSecond());
        }
    }

    /** Checks every field; the message names the first that is wrong, by its name in the API. */
    void check() throws StreamException {
        requireUpTo("max_bitrate", maxBitrate);
        StreamSettings.requireWithin("stall_after_ms", stallAfter, LEAST, MOST);
        StreamSettings.requireWithin("no_media_timeout_ms", noMedia, LEAST, MOST);
        requireUpTo("alarm_bitrate_below", alarmBitrate);
        requireUpTo("alarm_frame_rate_below", alarmFrameRate, MOST_FRAMES);
        requireUpTo("alarm_loss_above", alarmLoss, MOST_PERCENT);
        StreamSettings.requireWithin("alarm_rtt_above_ms", alarmRtt, LEAST, MOST_RTT);
    }

    /**
     * Checks that no more is asked for than may be.
     *
     * @param configured of every stream; 0 for any
     */
    public void requireAllowed(long configured) throws StreamException {
        if (configured > 0 && maxBitrate > configured) {
            throw new StreamException(
                    Kind.INVALID,
                    "max_bitrate: must be up to " + configured + ", which stream.maxBitrate allows, or 0");
        }
    }

    private static void requireUpTo(String field, long value) throws StreamException {
        if (value < 0 || value > MOST_BITS_PER_SECOND) {
            throw new StreamException(Kind.INVALID, field + ": must be 1 to " + MOST_BITS_PER_SECOND + ", or 0");
        }
    }

    private static void requireUpTo(String field, double value, double most) throws StreamException {
        // Not a number is not within.
        if (!(value >= 0 && value <= most)) {
            throw new StreamException(Kind.INVALID, field + ": must be above 0, up to " + (int) most + ", or 0");
        }
    }

    /** What is expected of the source. */
    SourceLimits limits(SourceLimits configured) {
        long most = configured.mostBitsPerSecond();
        return new SourceLimits(
                StreamSettings.or(noMedia, configured.noMedia()),
                StreamSettings.or(stallAfter, configured.stall()),
                configured.longest(),
                maxBitrate == 0 ? most : most == 0 ? maxBitrate : Math.min(most, maxBitrate));
    }

    /** From where on its figures are told as alarms. */
    public AlarmConfig alarms(AlarmConfig configured) {
        return hasAlarms()
                ? new AlarmConfig(
                        alarmBitrate == 0 ? configured.bitrateBelow() : alarmBitrate,
                        alarmFrameRate == 0 ? configured.frameRateBelow() : alarmFrameRate,
                        alarmLoss == 0 ? configured.lossAbove() : alarmLoss,
                        StreamSettings.or(alarmRtt, configured.rttAbove()),
                        configured.after())
                : configured;
    }

    /** Has it alarms of its own? */
    boolean hasAlarms() {
        return alarmBitrate != 0 || alarmFrameRate != 0 || alarmLoss != 0 || alarmRtt != null;
    }
}
