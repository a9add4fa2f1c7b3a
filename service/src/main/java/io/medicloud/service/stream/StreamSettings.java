// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.stream;

import io.medicloud.mpegts.segment.SegmentPolicy;
import io.medicloud.pipeline.record.StreamRetention;
import io.medicloud.pipeline.store.ObjectKeys;
import io.medicloud.service.config.SegmentConfig;
import io.medicloud.service.security.AddressRanges;
import io.medicloud.service.stream.StreamException.Kind;
import io.medicloud.service.text.OneLine;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What one stream may have otherwise than it is configured; null, or 0, or empty: as configured.
 *
 * @param segmentDuration a segment ends at the first random access point from here on
 * @param segmentMaxDuration it ends here in any case
 * @param segmentMaxBytes it ends before it grows past this
 * @param latency the receiver's buffer
 * @param storagePrefix what the keys of its segments begin with, in front of a slash; empty: the live id
 * @param reconnectWindow how long its encoder may be away
 * @param retention what it may have in the store
 * @param allowFrom from where its encoders may call
 * @param takeover what becomes of a second encoder
 * @param thresholds from where on it is dropped, told of or ended
 */
public record StreamSettings(
        @Nullable Duration segmentDuration,
        @Nullable Duration segmentMaxDuration,
        long segmentMaxBytes,
        @Nullable Duration latency,
        String storagePrefix,
        @Nullable Duration reconnectWindow,
        StreamRetention retention,
        AddressRanges allowFrom,
        TakeoverPolicy takeover,
        StreamThresholds thresholds) {
    /** Everything as configured. */
    public static final StreamSettings CONFIGURED = new StreamSettings(
            null,
            null,
            0,
            null,
            "",
            null,
            StreamRetention.CONFIGURED,
            AddressRanges.of(""),
            TakeoverPolicy.CONFIGURED,
            StreamThresholds.CONFIGURED);

    private static final Duration LEAST_SEGMENT = Duration.ofMillis(100);
    private static final Duration MOST_SEGMENT = Duration.ofHours(1);
    private static final Duration MOST_MAX_SEGMENT = Duration.ofHours(2);
    private static final long LEAST_BYTES = SegmentPolicy.LEAST_BYTES;
    private static final long MOST_BYTES = 4L << 30;
    private static final Duration LEAST_LATENCY = Duration.ofMillis(20);
    private static final Duration MOST_LATENCY = Duration.ofSeconds(60);
    private static final Duration LEAST_WINDOW = Duration.ofMillis(1);
    private static final Duration MOST_WINDOW = Duration.ofHours(24);
    private static final Duration MOST_AGE = Duration.ofDays(36_500);
    private static final int LONGEST_PREFIX = 512;
    private static final int MOST_RANGES = 64;

    /** Checks every field; the message names the first that is wrong, by its name in the API. */
    void check(SegmentConfig configured) throws StreamException {
        requireWithin("segment_duration_ms", segmentDuration, LEAST_SEGMENT, MOST_SEGMENT);
        requireWithin("segment_max_duration_ms", segmentMaxDuration, LEAST_SEGMENT, MOST_MAX_SEGMENT);
        requireWithin("latency_ms", latency, LEAST_LATENCY, MOST_LATENCY);
        requireWithin("reconnect_window_ms", reconnectWindow, LEAST_WINDOW, MOST_WINDOW);
        checkRetention();
        thresholds.check();
        Duration target = or(segmentDuration, configured.duration());
        if (segmentMaxDuration != null && segmentMaxDuration.compareTo(target) < 0) {
            throw new StreamException(
                    Kind.INVALID,
                    "segment_max_duration_ms: must not be less than the segment's duration, " + target.toMillis());
        }
        if (segmentMaxBytes != 0 && (segmentMaxBytes < LEAST_BYTES || segmentMaxBytes > MOST_BYTES)) {
            throw new StreamException(
                    Kind.INVALID, "segment_max_bytes: must be " + LEAST_BYTES + " to " + MOST_BYTES + ", or 0");
        }
        checkPrefix();
        if (allowFrom.count() > MOST_RANGES) {
            throw new StreamException(Kind.INVALID, "allow_from: must be " + MOST_RANGES + " ranges at the most");
        }
    }

    /**
     * The ranges that a field names.
     *
     * @throws StreamException if it names something else; the message names the field
     */
    public static AddressRanges ranges(String text) throws StreamException {
        try {
            return AddressRanges.of(text);
        } catch (IllegalArgumentException e) {
            throw new StreamException(
                    Kind.INVALID,
                    "allow_from: must be ranges such as 10.1.0.0/16 and addresses, joined by commas; '"
                            + OneLine.of(String.valueOf(e.getMessage())) + "' is none");
        }
    }

    private void checkRetention() throws StreamException {
        if (retention.age().compareTo(MOST_AGE) > 0) {
            throw new StreamException(Kind.INVALID, "retention_age_s: must be up to " + MOST_AGE.toSeconds());
        }
    }

    private void checkPrefix() throws StreamException {
        if (storagePrefix.length() > LONGEST_PREFIX) {
            throw new StreamException(
                    Kind.INVALID, "storage_prefix: must have at most " + LONGEST_PREFIX + " characters");
        }
        try {
            ObjectKeys.requirePrefix(keyPrefix("live"));
        } catch (IllegalArgumentException e) {
            throw new StreamException(
                    Kind.INVALID,
                    "storage_prefix: must be names joined by slashes, each 1 to 128 characters of A-Z a-z 0-9 . _ -"
                            + " and not starting with a dot");
        }
    }

    /** What the keys of the segments begin with; ends with a slash. */
    String keyPrefix(String liveId) {
        String prefix = storagePrefix.isEmpty() ? liveId : storagePrefix;
        return prefix.endsWith("/") ? prefix : prefix + "/";
    }

    /** How long its segments are to be. */
    Duration target(SegmentConfig configured) {
        return or(segmentDuration, configured.duration());
    }

    /** How long they may get. */
    Duration longest(SegmentConfig configured) {
        Duration target = target(configured);
        Duration most = segmentMaxDuration != null
                ? segmentMaxDuration
                : configured.maxDuration().isZero() ? target.multipliedBy(2) : configured.maxDuration();
        return most.compareTo(target) < 0 ? target : most;
    }

    /** The same settings, with segments of up to that long. */
    StreamSettings withLongest(Duration longest) {
        return new StreamSettings(
                segmentDuration,
                longest,
                segmentMaxBytes,
                latency,
                storagePrefix,
                reconnectWindow,
                retention,
                allowFrom,
                takeover,
                thresholds);
    }

    /** How the stream is cut. */
    SegmentPolicy policy(SegmentConfig configured) {
        Duration target = target(configured);
        SegmentPolicy policy = new SegmentPolicy(
                        target, longest(configured), segmentMaxBytes == 0 ? configured.maxBytes() : segmentMaxBytes)
                .withShortest(configured.minDuration().compareTo(target) > 0 ? target : configured.minDuration())
                .withSplices(configured.atSplices())
                .withParameterSets(configured.repeatParameterSets());
        return configured.atClock() ? policy.withWallClock(wallClockUs()) : policy;
    }

    /** µs since 1970 when the clock by which data arrives is 0. */
    private static long wallClockUs() {
        return TimeUnit.MILLISECONDS.toMicros(System.currentTimeMillis())
                - TimeUnit.NANOSECONDS.toMicros(System.nanoTime());
    }

    static Duration or(@Nullable Duration value, Duration otherwise) {
        return value == null ? otherwise : value;
    }

    static void requireWithin(String field, @Nullable Duration value, Duration least, Duration most)
            throws StreamException {
        if (value != null && (value.compareTo(least) < 0 || value.compareTo(most) > 0)) {
            throw new StreamException(
                    Kind.INVALID, field + ": must be " + least.toMillis() + " to " + most.toMillis() + ", or 0");
        }
    }
}
