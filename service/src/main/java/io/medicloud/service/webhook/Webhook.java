// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.webhook;

import io.medicloud.pipeline.record.Ledger;
import io.medicloud.pipeline.record.LedgerException;
import io.medicloud.pipeline.record.LoggedEvent;
import io.medicloud.pipeline.retry.Backoff;
import io.medicloud.service.config.WebhookConfig;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Posts every event to an address, one at a time, in order, each until it is answered with 2xx. How far it has come is kept in the record: after
 * a restart it goes on there. It reads the log only as fast as it is answered, so a slow address costs nobody anything.
 */
public final class Webhook implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Webhook.class);
    private static final String READER = "webhook";
    private static final int PAGE = 64;
    private static final int OK_CLASS = 2;
    private static final Backoff AGAIN = new Backoff(Duration.ofSeconds(1), Duration.ofMinutes(1));
    private static final Duration TIMEOUT = Duration.ofSeconds(10);
    /** Looks at the log though nobody woke it, should the record have had a fault. */
    private static final int IDLE_S = 5;

    private final WebhookConfig config;
    private final Ledger ledger;
    private final Function<LoggedEvent, String> print;
    private final InstantSource clock;
    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(TIMEOUT).build();
    private final Semaphore news = new Semaphore(0);
    private final Runnable off;
    private final Thread thread = new Thread(this::run, READER);
    private volatile boolean isClosed;
    private volatile String fault = "";

    /**
     * Begins to post. The first time it begins with what happens from now on.
     *
     * @param print an event as JSON
     */
    public Webhook(WebhookConfig config, Ledger ledger, Function<LoggedEvent, String> print, InstantSource clock) {
        this.config = config;
        this.ledger = ledger;
        this.print = print;
        this.clock = clock;
        this.off = ledger.addTail(news::release);
        thread.setDaemon(true);
        thread.start();
    }

    /** Why the last attempt failed, in one line; empty if it did not. */
    public String fault() {
        return fault;
    }

    private void run() {
        try {
            long cursor = begin();
            while (!isClosed) {
                cursor = postNext(cursor);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private long begin() throws InterruptedException {
        for (int failures = 1; ; failures++) {
            try {
                long cursor = ledger.readerCursor(READER);
                if (cursor < 0) {
                    cursor = ledger.lastCursor();
                    ledger.putReaderCursor(READER, cursor);
                }
                return cursor;
            } catch (LedgerException e) {
                pause(failures, String.valueOf(e.getMessage()));
            }
        }
    }

    private long postNext(long after) throws InterruptedException {
        news.drainPermits();
        List<LoggedEvent> page = List.of();
        try {
            page = ledger.events(after, PAGE);
        } catch (LedgerException e) {
            LOG.warn("the webhook waits: {}", e.getMessage());
        }
        if (page.isEmpty()) {
            boolean isWoken = news.tryAcquire(IDLE_S, TimeUnit.SECONDS);
            LOG.trace("woken: {}", isWoken);
            return after;
        }
        long cursor = after;
        for (LoggedEvent event : page) {
            post(event);
            cursor = event.cursor();
            ledger.putReaderCursor(READER, cursor);
        }
        return cursor;
    }

    private void post(LoggedEvent event) throws InterruptedException {
        byte[] body = print.apply(event).getBytes(StandardCharsets.UTF_8);
        for (int failures = 1; ; failures++) {
            String why = attempt(event.cursor(), body);
            if (why.isEmpty()) {
                fault = "";
                return;
            }
            pause(failures, why);
        }
    }

    /** Empty if it was taken. */
    private String attempt(long cursor, byte[] body) throws InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create(config.url()))
                .timeout(TIMEOUT)
                .header("Content-Type", "application/json")
                .header("Medicloud-Cursor", Long.toString(cursor))
                .header(
                        "Medicloud-Signature",
                        Signature.of(config.secret(), clock.instant().getEpochSecond(), body))
                .POST(HttpRequest.BodyPublishers.ofByteArray(body))
                .build();
        try {
            int status =
                    http.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
            return status / 100 == OK_CLASS ? "" : "it answered " + status;
        } catch (IOException e) {
            return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
        }
    }

    private void pause(int failures, String why) throws InterruptedException {
        if (fault.isEmpty()) {
            LOG.warn("the webhook does not take events, and is tried again until it does: {}", why);
        }
        fault = why;
        TimeUnit.MILLISECONDS.sleep(AGAIN.delayMs(failures, ThreadLocalRandom.current()));
    }

    /** Posts no more; what was not answered is posted after the next start. */
    @Override
    public void close() {
        isClosed = true;
        off.run();
        thread.interrupt();
    }
}
