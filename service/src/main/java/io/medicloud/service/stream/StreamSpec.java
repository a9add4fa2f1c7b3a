// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.stream;

import io.medicloud.service.config.Secret;
import io.medicloud.service.config.SegmentConfig;
import io.medicloud.service.stream.StreamException.Kind;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/**
 * What a stream is asked to be.
 *
 * @param liveId its name, and the folder of its segments unless its settings name another
 * @param passphrase what both ends must know; none only with {@code allowUnencrypted}
 * @param ingress which way it comes in
 * @param settings what it has otherwise than configured
 */
public record StreamSpec(
        String liveId, Secret passphrase, boolean allowUnencrypted, Ingress ingress, StreamSettings settings) {
    private static final Pattern LIVE_ID = Pattern.compile("[A-Za-z0-9_-][A-Za-z0-9._-]{0,127}");
    private static final int LEAST_PASSPHRASE = 10;
    private static final int MOST_PASSPHRASE = 79;

    /** A passphrase within the URL that is to be called counts if there is none beside it. */
    public StreamSpec {
        if (passphrase.isEmpty() && ingress instanceof Ingress.Pull pull) {
            passphrase = Secret.of(pull.uri().options().passphrase());
        }
    }

    /** The same with other settings. */
    StreamSpec with(StreamSettings other) {
        return new StreamSpec(liveId, passphrase, allowUnencrypted, ingress, other);
    }

    /** Checks a live id: it becomes part of paths and object keys. */
    public static void requireLiveId(String liveId) throws StreamException {
        if (!LIVE_ID.matcher(liveId).matches()) {
            throw new StreamException(
                    Kind.INVALID, "live_id: must be 1 to 128 characters of A-Z a-z 0-9 . _ - and not start with a dot");
        }
    }

    /** Checks every field; the message names the first that is wrong, by its name in the API. */
    public void check(SegmentConfig configured) throws StreamException {
        requireLiveId(liveId);
        checkPassphrase();
        settings.check(configured);
        if (ingress instanceof Ingress.Pull) {
            requireNotSet("allow_from", settings.allowFrom().isEmpty());
            requireNotSet("takeover", settings.takeover() == TakeoverPolicy.CONFIGURED);
        }
    }

    private static void requireNotSet(String field, boolean isNotSet) throws StreamException {
        if (!isNotSet) {
            throw new StreamException(Kind.INVALID, field + ": nobody calls where source_url is called");
        }
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
}
