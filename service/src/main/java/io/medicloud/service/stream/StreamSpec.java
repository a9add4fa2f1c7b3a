// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.stream;

import io.medicloud.service.config.Secret;
import io.medicloud.service.stream.StreamException.Kind;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a stream is asked to be.
 *
 * @param liveId its name, and the folder of its segments
 * @param passphrase what the encoder must know; none only with {@code allowUnencrypted}
 * @param segmentDuration null: as configured
 * @param latency null: as configured
 */
public record StreamSpec(
        String liveId,
        Secret passphrase,
        boolean allowUnencrypted,
        @Nullable Duration segmentDuration,
        @Nullable Duration latency) {
    private static final Pattern LIVE_ID = Pattern.compile("[A-Za-z0-9_-][A-Za-z0-9._-]{0,127}");
    private static final int LEAST_PASSPHRASE = 10;
    private static final int MOST_PASSPHRASE = 79;
    private static final Duration LEAST_SEGMENT = Duration.ofMillis(100);
    private static final Duration MOST_SEGMENT = Duration.ofHours(1);
    private static final Duration LEAST_LATENCY = Duration.ofMillis(20);
    private static final Duration MOST_LATENCY = Duration.ofSeconds(60);

    /** Checks a live id: it becomes part of paths and object keys. */
    public static void requireLiveId(String liveId) throws StreamException {
        if (!LIVE_ID.matcher(liveId).matches()) {
            throw new StreamException(
                    Kind.INVALID, "live_id: must be 1 to 128 characters of A-Z a-z 0-9 . _ - and not start with a dot");
        }
    }

    /** Checks every field; the message names the first that is wrong, by its name in the API. */
    public void check() throws StreamException {
        requireLiveId(liveId);
        checkPassphrase();
        requireWithin("segment_duration_ms", segmentDuration, LEAST_SEGMENT, MOST_SEGMENT);
        requireWithin("latency_ms", latency, LEAST_LATENCY, MOST_LATENCY);
    }

    private void checkPassphrase() throws StreamException {
        String text = passphrase.reveal();
        if (text.isEmpty()) {
            if (!allowUnencrypted) {
                throw new StreamException(
                        Kind.INVALID,
                        "passphrase: must be 10 to 79 characters; only with allow_unencrypted may it be empty");
            }
            return;
        }
        int length = text.codePointCount(0, text.length());
        // SRT counts bytes.
        int bytes = text.getBytes(StandardCharsets.UTF_8).length;
        if (length < LEAST_PASSPHRASE || bytes > MOST_PASSPHRASE || text.indexOf('\0') >= 0) {
            throw new StreamException(Kind.INVALID, "passphrase: must be 10 to 79 characters");
        }
    }

    private static void requireWithin(String field, @Nullable Duration value, Duration least, Duration most)
            throws StreamException {
        if (value != null && (value.compareTo(least) < 0 || value.compareTo(most) > 0)) {
            throw new StreamException(
                    Kind.INVALID, field + ": must be " + least.toMillis() + " to " + most.toMillis() + ", or 0");
        }
    }
}
