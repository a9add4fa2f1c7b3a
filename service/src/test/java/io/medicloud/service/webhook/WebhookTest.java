// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.medicloud.pipeline.event.StreamEvent;
import io.medicloud.pipeline.record.Ledger;
import io.medicloud.pipeline.record.LedgerLimits;
import io.medicloud.service.config.Secret;
import io.medicloud.service.config.WebhookConfig;
import io.medicloud.service.grpc.RecordService;
import io.medicloud.service.telemetry.Outgoing;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A webhook and the server of an operator, which now and then does not take what it is given. */
final class WebhookTest {
    private static final Secret SECRET = Secret.of("the-shared-secret");
    private static final InstantSource CLOCK = () -> Instant.ofEpochSecond(1_700_000_000);

    @TempDir
    private Path directory;

    private final List<String> taken = new CopyOnWriteArrayList<>();
    private final AtomicInteger requests = new AtomicInteger();
    private volatile int failEvery = Integer.MAX_VALUE;
    private HttpServer server;
    private Ledger ledger;

    @BeforeEach
    void open() throws Exception {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/events", this::handle);
        server.start();
        ledger = Ledger.open(directory.resolve("record.db"), LedgerLimits.DEFAULT, CLOCK);
    }

    @AfterEach
    void close() {
        server.stop(0);
        ledger.close();
    }

    private void handle(HttpExchange exchange) throws IOException {
        byte[] body = exchange.getRequestBody().readAllBytes();
        boolean isRefused = requests.incrementAndGet() % failEvery == 0;
        if (!isRefused) {
            assertThat(exchange.getRequestHeaders().getFirst("Medicloud-Signature"))
                    .isEqualTo(Signature.of(SECRET, 1_700_000_000, body));
            taken.add(new String(body, StandardCharsets.UTF_8));
        }
        exchange.sendResponseHeaders(isRefused ? 503 : 204, -1);
        exchange.close();
    }

    private Webhook webhook() {
        return webhook("http://127.0.0.1:" + server.getAddress().getPort() + "/events");
    }

    private Webhook webhook(String url) {
        return new Webhook(
                new WebhookConfig(url, SECRET),
                ledger,
                RecordService::json,
                RecordService::lagged,
                event -> Outgoing.NONE,
                CLOCK);
    }

    private void append(long from, long to) throws Exception {
        for (long i = from; i < to; i++) {
            ledger.append(new StreamEvent.SegmentLost("live", Instant.EPOCH, i, "told by the test"))
                    .toCompletableFuture()
                    .get();
        }
    }

    private static List<String> expected(long from, long to) {
        return LongStream.range(from, to)
                .mapToObj(i -> i == 0 ? "\"reason\":\"told by the test\"" : "\"sequence\":\"" + i + "\"")
                .toList();
    }

    private void assertTaken(List<String> parts) {
        assertThat(taken).hasSameSizeAs(parts);
        for (int i = 0; i < parts.size(); i++) {
            assertThat(taken.get(i)).contains(parts.get(i), "\"type\":\"SEGMENT_LOST\"", "\"liveId\":\"live\"");
        }
    }

    @Test
    void everyEventIsPostedInOrderAlsoByTheNextProcessAndThoughSomeAreRefused() throws Exception {
        try (Webhook webhook = webhook()) {
            await().until(() -> ledger.readerCursor("webhook") == ledger.lastCursor());
            append(0, 5);
            failEvery = 4;
            append(5, 8);
            await().until(() -> taken.size() == 8);
            assertThat(webhook.fault()).isEmpty();
        }
        await().until(() -> ledger.readerCursor("webhook") == ledger.lastCursor());
        append(8, 12);
        failEvery = Integer.MAX_VALUE;
        try (Webhook webhook = webhook()) {
            await().until(() -> taken.size() == 12);
            assertThat(webhook.fault()).isEmpty();
        }
        assertTaken(expected(0, 12));
    }

    @Test
    void whoSendsAHeadAndThenNothingHoldsUpNoEvent() throws Exception {
        List<Socket> callers = new CopyOnWriteArrayList<>();
        try (ServerSocket receiver = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            Thread answers = new Thread(() -> answerWithHeads(receiver, callers), "heads");
            answers.start();
            String url = "http://127.0.0.1:" + receiver.getLocalPort() + "/events";
            try (Webhook webhook = webhook(url)) {
                await().until(() -> ledger.readerCursor("webhook") == ledger.lastCursor());
                append(0, 3);

                await().until(() -> callers.size() >= 3 && webhook.lag() == 0);
                assertThat(webhook.fault()).isEmpty();
            }
        } finally {
            for (Socket caller : callers) {
                caller.close();
            }
        }
    }

    /** Each says that more follows, and nothing does. */
    private static void answerWithHeads(ServerSocket receiver, List<Socket> callers) {
        byte[] head = "HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
        while (!receiver.isClosed()) {
            try {
                Socket caller = receiver.accept();
                callers.add(caller);
                caller.getOutputStream().write(head);
            } catch (IOException e) {
                // The test is over, or one caller is gone.
            }
        }
    }

    @Test
    void whoWasAwayForTooLongIsToldHowMuchIsGone() throws Exception {
        ledger.close();
        LedgerLimits few =
                new LedgerLimits(LedgerLimits.DEFAULT.mostWaiting(), 10, LedgerLimits.DEFAULT.mostSegments());
        ledger = Ledger.open(directory.resolve("record.db"), few, CLOCK);
        append(0, 1);
        try (Webhook first = webhook()) {
            await().until(() -> ledger.readerCursor("webhook") == ledger.lastCursor());
            append(1, 2);
            await().until(() -> taken.size() == 1 && first.lag() == 0);
        }
        append(2, 5002);
        try (Webhook second = webhook()) {
            await().until(() -> !taken.isEmpty() && taken.get(taken.size() - 1).contains("\"sequence\":\"5001\""));
            assertThat(second.fault()).isEmpty();
        }
        assertThat(taken.get(1)).contains("\"type\":\"LAGGED\"", "\"missed\":\"");
        assertThat(taken.subList(2, taken.size()))
                .allSatisfy(event -> assertThat(event).contains("SEGMENT_LOST"));
        Matcher missed = Pattern.compile("\"missed\":\"(\\d+)\"").matcher(taken.get(1));
        assertThat(missed.find()).isTrue();
        assertThat(Long.parseLong(missed.group(1)) + taken.size() - 2).isEqualTo(5000);
    }

    @Test
    void theSignatureIsThatOfTheBodyAndTheTime() {
        byte[] body = "{}".getBytes(StandardCharsets.UTF_8);

        assertThat(Signature.of(SECRET, 1, body))
                .matches("t=1,v1=[0-9a-f]{64}")
                .isNotEqualTo(Signature.of(SECRET, 2, body).replace("t=2", "t=1"))
                .isNotEqualTo(Signature.of(Secret.of("another"), 1, body));
    }
}
