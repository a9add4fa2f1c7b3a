// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.security;

import com.linecorp.armeria.client.WebClient;
import com.linecorp.armeria.client.retry.RetryConfig;
import com.linecorp.armeria.client.retry.RetryRule;
import com.linecorp.armeria.client.retry.RetryingClient;
import com.linecorp.armeria.common.HttpStatus;
import com.nimbusds.jose.jwk.JWKSet;
import io.medicloud.service.text.OneLine;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.text.ParseException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An issuer's public keys, as they were when they were last fetched. Fetched anew when they are old, or when somebody names a key that is not among them, one fetch at a time and
 * so many a time at the most; those that are known stay good while the issuer is away, for an hour. Never blocks. Thread-safe.
 */
final class JwtKeys {
    private static final Logger LOG = LoggerFactory.getLogger(JwtKeys.class);
    private static final int MOST_BYTES = 1 << 18;
    private static final int MOST_ATTEMPTS = 3;
    private static final Duration PATIENCE = Duration.ofSeconds(5);
    /** A key that was withdrawn must end some day, though its issuer does not answer. */
    private static final Duration FORGOTTEN = Duration.ofHours(1);

    private static final Duration OLD_FILE = Duration.ofSeconds(2);
    private static final Duration OLD = Duration.ofMinutes(5);
    private static final Duration LEAST = Duration.ofSeconds(5);

    private final String place;
    private final InstantSource clock;
    private JWKSet keys = new JWKSet();
    private @Nullable Instant fetched;
    private @Nullable Instant tried;
    private CompletableFuture<Void> running = CompletableFuture.completedFuture(null);
    private String told = "";

    /** @param place a file, or an address of HTTP */
    JwtKeys(String place, InstantSource clock) {
        this.place = place;
        this.clock = clock;
    }

    String place() {
        return place;
    }

    private boolean isFile() {
        return !place.startsWith("http://") && !place.startsWith("https://");
    }

    /** Those that are known, none before the first fetch; if they are old, others are fetched for who comes later. */
    synchronized JWKSet known() {
        Instant now = clock.instant();
        if (isPast(fetched, isFile() ? OLD_FILE : OLD, now)) {
            begin(now);
        }
        return held();
    }

    /** Whether any were fetched yet. */
    synchronized boolean isFetched() {
        return fetched != null;
    }

    /** Those that are known, whatever their age; nothing is fetched. */
    synchronized JWKSet held() {
        if (isPast(fetched, FORGOTTEN, clock.instant())) {
            keys = new JWKSet();
        }
        return keys;
    }

    private static boolean isPast(@Nullable Instant since, Duration limit, Instant now) {
        return since == null || now.isAfter(since.plus(limit));
    }

    /** Done when they are those of now, as far as may be: at once if they were asked for a moment ago. */
    synchronized CompletableFuture<Void> refresh() {
        begin(clock.instant());
        return running;
    }

    private void begin(Instant now) {
        if (running.isDone() && isPast(tried, isFile() ? OLD_FILE : LEAST, now)) {
            tried = now;
            running = text().thenAccept(text -> take(text, now)).exceptionally(this::tell);
        }
    }

    private CompletableFuture<String> text() {
        if (isFile()) {
            return CompletableFuture.supplyAsync(this::fileText);
        }
        // Follows no redirection.
        return WebClient.builder()
                .responseTimeout(PATIENCE)
                .maxResponseLength(MOST_BYTES)
                // A connection from before may have been closed meanwhile.
                .decorator(RetryingClient.newDecorator(RetryConfig.builder(RetryRule.failsafe())
                        .maxTotalAttempts(MOST_ATTEMPTS)
                        .build()))
                .build()
                .get(place)
                .aggregate()
                .thenApply(response -> {
                    if (!response.status().equals(HttpStatus.OK)) {
                        throw new CompletionException(new IOException("answers " + response.status()));
                    }
                    return response.contentUtf8();
                });
    }

    private String fileText() {
        try {
            return text(Path.of(place));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A file of keys, as far as one is read. */
    static String text(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            return new String(in.readNBytes(MOST_BYTES), StandardCharsets.UTF_8);
        }
    }

    private synchronized void take(String text, Instant asked) {
        try {
            keys = JWKSet.parse(text).toPublicJWKSet();
            fetched = asked;
            if (!told.isEmpty()) {
                LOG.info("jwt.keys: read again from {}", place);
            }
            told = "";
        } catch (ParseException e) {
            throw new CompletionException(new IOException("holds no JWK set", e));
        }
    }

    private synchronized @Nullable Void tell(Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        String fault = cause.getClass().getSimpleName() + ": " + OneLine.of(String.valueOf(cause.getMessage()));
        if (!fault.equals(told)) {
            told = fault;
            LOG.warn("jwt.keys: {} cannot be read ({}); the keys before stay good for an hour", place, fault);
        }
        return null;
    }
}
