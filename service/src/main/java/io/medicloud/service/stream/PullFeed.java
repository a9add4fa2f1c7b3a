// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.stream;

import io.medicloud.pipeline.retry.Backoff;
import io.medicloud.service.log.LogFields;
import io.medicloud.service.security.PullTargets;
import io.medicloud.srt.SrtConnection;
import io.medicloud.srt.SrtOptions;
import io.medicloud.srt.SrtStack;
import io.medicloud.srt.SrtUri;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Calls a listener, and again with growing pauses whenever there is no connection. A listener that has not brought media for a whole window
 * from the start ends the stream as failed; after it has, its absence is the pipeline's to judge.
 */
final class PullFeed implements Feed {
    private static final Logger LOG = LoggerFactory.getLogger(PullFeed.class);
    private static final Backoff BACKOFF = new Backoff(Duration.ofMillis(250), Duration.ofSeconds(5));
    private static final SecureRandom JITTER = new SecureRandom();

    private final String liveId;
    private final SrtStack stack;
    private final SrtUri uri;
    private final SrtOptions options;
    private final SrtSource source;
    private volatile Duration window;
    private final Supplier<PullTargets> targets;
    private final Consumer<String> again;
    private final ScheduledExecutorService timer;
    private final long beginNs = System.nanoTime();
    private int failures;
    private boolean isClosed;
    private boolean hasHadMedia;
    private @Nullable SrtConnection attempt;
    private @Nullable Future<?> next;

    /**
     * Calls nobody yet.
     *
     * @param options what to call with, whatever the URL says
     * @param window how long it may take until media comes; zero for as long as it likes
     * @param targets whom may be called, asked at each call
     * @param again told why there is no connection, once until there are media
     * @param timer may be held up by looking up a host
     */
    PullFeed(
            String liveId,
            SrtStack stack,
            SrtUri uri,
            SrtOptions options,
            SrtSource source,
            Duration window,
            Supplier<PullTargets> targets,
            Consumer<String> again,
            ScheduledExecutorService timer) {
        this.liveId = liveId;
        this.stack = stack;
        this.uri = uri;
        this.options = options;
        this.source = source;
        this.window = window;
        this.targets = targets;
        this.again = again;
        this.timer = timer;
    }

    @Override
    public int port() {
        return uri.port();
    }

    @Override
    public void begin() {
        callAfter(0);
    }

    @Override
    public synchronized void onMedia() {
        failures = 0;
        hasHadMedia = true;
    }

    @Override
    public void onIdle(String why) {
        long delayMs;
        boolean isFirst;
        Duration limit = window;
        synchronized (this) {
            if (isClosed) {
                return;
            }
            failures++;
            isFirst = failures == 1;
            delayMs = BACKOFF.delayMs(failures, JITTER);
            long waitedNs = System.nanoTime() - beginNs;
            if (!hasHadMedia && !limit.isZero() && waitedNs >= limit.toNanos()) {
                delayMs = -1;
            }
        }
        if (delayMs < 0) {
            source.fail("no media from " + uri.host() + ":" + uri.port() + " within " + limit + ": " + why);
            return;
        }
        if (isFirst) {
            LOG.atInfo()
                    .addKeyValue(LogFields.STREAM, liveId)
                    .log("{}: no connection to {}:{}, calls again: {}", liveId, uri.host(), uri.port(), why);
            again.accept(why);
        }
        callAfter(delayMs);
    }

    private synchronized void callAfter(long delayMs) {
        if (isClosed) {
            return;
        }
        try {
            next = timer.schedule(this::call, delayMs, TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            LOG.debug("{}: not called again, the service is ending", liveId, e);
        }
    }

    private void call() {
        try {
            InetSocketAddress remote = targets.get().resolve(uri.host(), uri.port());
            SrtConnection made = stack.connect(uri.local(), remote, options, source.newConnection());
            boolean isLate;
            synchronized (this) {
                attempt = made;
                isLate = isClosed;
            }
            if (isLate) {
                made.drain();
            }
        } catch (IOException e) {
            source.onCallFailed(String.valueOf(e.getMessage()));
        } catch (RuntimeException e) {
            // A stack that fails so may be well the next time.
            LOG.atError().addKeyValue(LogFields.STREAM, liveId).log("{}: the call failed", liveId, e);
            source.onCallFailed(e.toString());
        }
    }

    @Override
    public void setReconnectWindow(Duration other) {
        window = other;
    }

    /** One that is connected is the source's to end. */
    @Override
    public void close() {
        SrtConnection begun;
        synchronized (this) {
            isClosed = true;
            begun = attempt;
            if (next != null) {
                next.cancel(false);
            }
        }
        if (begun != null) {
            begun.drain();
        }
    }

    @Override
    public CompletionStage<Void> released() {
        return CompletableFuture.completedFuture(null);
    }
}
