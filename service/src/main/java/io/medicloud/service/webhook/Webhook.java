// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.webhook;

import io.medicloud.pipeline.event.StreamEvent;
import io.medicloud.pipeline.record.Ledger;
import io.medicloud.pipeline.record.LogFollower;
import io.medicloud.pipeline.record.LoggedEvent;
import io.medicloud.pipeline.retry.Backoff;
import io.medicloud.service.config.WebhookConfig;
import io.medicloud.service.telemetry.Outgoing;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Posts every event to an address, one at a time, in order, each until it is answered with 2xx. How far it has come is kept in the record: after
 * a restart it goes on there. It reads the log only as fast as it is answered, so a slow address costs nobody anything.
 */
public final class Webhook implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Webhook.class);
    private static final String READER = "webhook";
    private static final int OK_CLASS = 2;
    private static final Backoff AGAIN = new Backoff(Duration.ofSeconds(1), Duration.ofMinutes(1));
    private static final Duration TIMEOUT = Duration.ofSeconds(10);

    private final WebhookConfig config;
    private final InstantSource clock;
    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(TIMEOUT)
            .build();
    private volatile String fault = "";
    private final LogFollower follower;

    /**
     * Begins to post. The first time it begins with what happens from now on.
     *
     * @param print an event as JSON
     * @param printLag how many events are gone untold, and the cursor of the last of them, as JSON
     * @param follow a request begins that tells of an event
     */
    public Webhook(
            WebhookConfig config,
            Ledger ledger,
            Function<LoggedEvent, String> print,
            BiFunction<Long, Long, String> printLag,
            Function<StreamEvent, Outgoing> follow,
            InstantSource clock) {
        this.config = config;
        this.clock = clock;
        this.follower = new LogFollower(READER, ledger, new LogFollower.Handler() {
            @Override
            public void onEvent(LoggedEvent event) throws InterruptedException {
                post(event.cursor(), print.apply(event), () -> follow.apply(event.event()));
            }

            @Override
            public void onMissed(long missed, long cursor) throws InterruptedException {
                post(cursor, printLag.apply(missed, cursor), () -> Outgoing.NONE);
            }
        });
    }

    /** Why the last attempt failed, in one line; empty if it did not. */
    public String fault() {
        return fault;
    }

    /** How many events it is behind the newest. */
    public long lag() {
        return follower.lag();
    }

    private void post(long cursor, String text, Supplier<Outgoing> begin) throws InterruptedException {
        byte[] body = text.getBytes(StandardCharsets.UTF_8);
        for (int failures = 1; ; failures++) {
            String why = attempt(cursor, body, begin.get());
            if (why.isEmpty()) {
                fault = "";
                return;
            }
            pause(failures, why);
        }
    }

    /** Empty if it was taken. */
    private String attempt(long cursor, byte[] body, Outgoing outgoing) throws InterruptedException {
        String why = "interrupted";
        try {
            why = send(cursor, body, outgoing);
            return why;
        } finally {
            outgoing.end(why.isEmpty() ? null : why);
        }
    }

    private String send(long cursor, byte[] body, Outgoing outgoing) throws InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(config.url()))
                .timeout(TIMEOUT)
                .header("Content-Type", "application/json")
                .header("Medicloud-Cursor", Long.toString(cursor))
                .header(
                        "Medicloud-Signature",
                        Signature.of(config.secret(), clock.instant().getEpochSecond(), body))
                .POST(HttpRequest.BodyPublishers.ofByteArray(body));
        outgoing.headers().forEach(request::header);
        try {
            // The status is all that counts. A body is not waited for, which may never come: the time of a request ends
            // with its head.
            HttpResponse<InputStream> answer = http.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
            answer.body().close();
            int status = answer.statusCode();
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
        follower.close();
    }
}
