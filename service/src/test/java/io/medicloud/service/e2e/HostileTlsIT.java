// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.linecorp.armeria.client.ClientFactory;
import com.linecorp.armeria.client.grpc.GrpcClients;
import com.linecorp.armeria.common.TlsKeyPair;
import io.medicloud.service.RawClient;
import io.medicloud.service.TestCa;
import io.medicloud.service.proto.ListActiveStreamsRequest;
import io.medicloud.service.proto.LivestreamGrpc.LivestreamBlockingStub;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Strangers before a service that speaks TLS and wants a token: the streams beside lose nothing, and who has a token is answered. */
@Tag("heavy")
class HostileTlsIT {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final String OWNERS = "token-of-the-backend";
    private static final int QUIET_MS = 20_000;
    private static final int HANDSHAKES = 3_000;
    private static final int SLOW = 100;
    private static final int BURST = 200;
    private static final int MOST_FROM_ONE = 2048;
    private static final long MOST_BYTES = 32 << 20;
    private static final long WITHOUT_END = 64L << 30;
    private static final long MOST_RESIDENT_MIB = 900;
    private static final Pattern REACHED =
            Pattern.compile("medicloud_limit_reached_total\\{limit=\"control.requestTimeout\"} (\\d+)");

    @TempDir
    private static Path directory;

    private static SSLContext trusting;
    private static ClientFactory factory;
    private static ServiceProcess service;
    private static Bystanders beside;

    @BeforeAll
    static void start() throws Exception {
        TestCa ca = TestCa.in(directory, "authority");
        TlsKeyPair identity = ca.issue("server", "localhost", TestCa.GOOD);
        Files.writeString(
                directory.resolve("server.pem"),
                TestCa.pem(identity.certificateChain().get(0)));
        Files.writeString(directory.resolve("server.key"), TestCa.pem(identity.privateKey()));
        Files.writeString(
                directory.resolve("access.yaml"),
                "tokens:\n  - {name: backend, role: operator, sha256: "
                        + HexFormat.of()
                                .formatHex(MessageDigest.getInstance("SHA-256")
                                        .digest(OWNERS.getBytes(StandardCharsets.UTF_8)))
                        + "}\n");
        trusting = trusting(ca);
        factory = ClientFactory.builder()
                .connectTimeout(LIMIT)
                .tlsCustomizer(tls -> {
                    try {
                        tls.trustManager(ca.certificate());
                    } catch (Exception e) {
                        throw new AssertionError(e);
                    }
                })
                .build();
        service = ServiceProcess.launch(
                directory,
                Map.of(),
                Ports.freeUdp(4),
                4,
                "segment.duration=1s",
                "srt.latency=3s",
                "tls.certificate=server.pem",
                "tls.key=server.key",
                "security.accessFile=access.yaml",
                "control.requestTimeout=5s",
                "control.callsPerSecond=5",
                "control.burst=" + BURST);
        LivestreamBlockingStub client = GrpcClients.builder("gproto+https://localhost:" + service.grpcPort() + "/")
                .factory(factory)
                .addHeader("authorization", "Bearer " + OWNERS)
                .build(LivestreamBlockingStub.class);
        // The first handshake of two JVMs may take longer than the service waits.
        await().atMost(LIMIT)
                .ignoreExceptions()
                .until(() -> client.listActiveStreams(ListActiveStreamsRequest.getDefaultInstance())
                                .getLiveIdsCount()
                        == 0);
        beside = new Bystanders(service, client);
    }

    private static SSLContext trusting(TestCa ca) throws Exception {
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        trusted.setCertificateEntry("ca", ca.certificate());
        TrustManagerFactory managers = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        managers.init(trusted);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, managers.getTrustManagers(), null);
        return context;
    }

    @AfterAll
    static void theStreamsBesideHaveLostNothing() throws Exception {
        try (ClientFactory client = factory;
                ServiceProcess running = service;
                Bystanders streams = beside) {
            streams.assertWhole();
            assertThat(client.isClosing()).isFalse();
            assertThat(running.log()).doesNotContain("OutOfMemory", "LEAK:", "Too many open files", OWNERS);
        }
    }

    private static List<Integer> ports() {
        return List.of(service.httpPort(), service.grpcPort());
    }

    private static String answer(String from, String token, String path) throws Exception {
        try (RawClient client = RawClient.encrypted(from, service.httpPort(), trusting, "http/1.1")) {
            return client.send("GET " + path + " HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer " + token
                            + "\r\nConnection: close\r\n\r\n")
                    .answer(QUIET_MS);
        }
    }

    /** Over a connection that is made anew, as long as there is room for it. */
    private static void assertTheOwnerIsAnswered() {
        // His handshake waits behind theirs, and may take longer than a connection may.
        await().atMost(LIMIT)
                .ignoreExceptions()
                .untilAsserted(() -> assertThat(answer("127.0.0.1", OWNERS, "/api/v1/streams"))
                        .startsWith("HTTP/1.1 200 ")
                        .contains("beside-1", "beside-2"));
    }

    private static long reached() throws Exception {
        Matcher reached = REACHED.matcher(answer("127.0.0.1", OWNERS, "/metrics"));
        return reached.find() ? Long.parseLong(reached.group(1)) : 0;
    }

    /** What a client says first, with a key of its own in it. */
    private static byte[] hello() throws Exception {
        SSLEngine engine = trusting.createSSLEngine("localhost", 0);
        engine.setUseClientMode(true);
        ByteBuffer record = ByteBuffer.allocate(engine.getSession().getPacketBufferSize());
        engine.wrap(ByteBuffer.allocate(0), record);
        return Arrays.copyOf(record.array(), record.position());
    }

    @Test
    void tenThousandThatNeverShakeHandsAreGoneSoon() throws Exception {
        byte[] hello = hello();
        byte[] begun = Arrays.copyOf(hello, hello.length / 2);
        try (Crowd crowd = new Crowd()) {
            int most = Crowd.most();
            for (int i = 0; i < most; i++) {
                crowd.join("127.0.1." + (1 + i / MOST_FROM_ONE), ports().get(i % 2), i % 4 < 2 ? begun : new byte[0]);
            }
            assertThat(crowd.joined()).isEqualTo(most);
            await().atMost(LIMIT).until(() -> crowd.size() == 0);
        }
        assertTheOwnerIsAnswered();
    }

    /** Each has the service make a key and a signature; nobody reads the answer. */
    @Test
    void handshakesThatAreBegunAndLeftKeepNobodyOut() throws Exception {
        byte[] hello = hello();
        try (Crowd crowd = new Crowd()) {
            for (int i = 0; i < HANDSHAKES; i++) {
                crowd.join("127.0.2." + (1 + i / MOST_FROM_ONE), ports().get(i % 2), hello);
                if (i % 500 == 0) {
                    assertTheOwnerIsAnswered();
                }
            }
            await().atMost(LIMIT).until(() -> crowd.size() == 0);
        }
        for (int i = 0; i < HANDSHAKES / 10; i++) {
            RawClient.encrypted("127.0.3.1", ports().get(i % 2), trusting, i % 3 == 0 ? "h2" : "http/1.1")
                    .close();
        }
        assertTheOwnerIsAnswered();
    }

    @ParameterizedTest
    @EnumSource
    void whoGoesOnSendingFramesIsClosed(FrameFlood flood) throws Exception {
        for (int port : ports()) {
            try (RawClient client = RawClient.encrypted("127.0.4.1", port, trusting, "h2")) {
                assertThat(flood.run(client.http2(), MOST_BYTES).isOver()).isTrue();
            }
        }
        assertTheOwnerIsAnswered();
    }

    /** What is not known is not kept: it may be 4 KiB long. */
    @Test
    void whatStrangersSendIsNotKept() throws Exception {
        byte[] body = new byte[16_384];
        for (String authorization : List.of("", "Authorization: Bearer wrong\r\n")) {
            try (RawClient client = RawClient.encrypted("127.0.5.1", service.httpPort(), trusting, "http/1.1")) {
                byte[] head = ("POST /api/v1/streams HTTP/1.1\r\nHost: localhost\r\n" + authorization
                                + "Content-Type: application/json\r\nContent-Length: 1000000000000\r\n\r\n")
                        .getBytes(StandardCharsets.ISO_8859_1);
                Attack.Outcome outcome = Attack.run(client, true, i -> i == 0 ? head : body, WITHOUT_END);
                assertThat(outcome.isOver()).isTrue();
                assertThat(outcome.text()).startsWith("HTTP/1.1 413 ");
            }
        }
        long before = reached();
        byte[] begun = Arrays.copyOf(
                String.join(
                                "\r\n",
                                "POST /api/v1/streams HTTP/1.1",
                                "Host: localhost",
                                "Content-Type: application/json",
                                "Content-Length: 4000",
                                "",
                                "")
                        .getBytes(StandardCharsets.ISO_8859_1),
                3_900);
        RawClient[] slow = new RawClient[SLOW];
        try {
            for (int i = 0; i < slow.length; i++) {
                slow[i] = RawClient.encrypted("127.0.5.2", ports().get(i % 2), trusting, "http/1.1")
                        .send(begun);
            }
            await().atMost(LIMIT).until(() -> reached() > before);
            for (RawClient each : slow) {
                assertThat(each.endsWithin((int) LIMIT.toMillis())).isTrue();
            }
        } finally {
            for (RawClient each : slow) {
                if (each != null) {
                    each.close();
                }
            }
        }
        assertThat(service.residentBytes() >> 20).isLessThan(MOST_RESIDENT_MIB);
        assertTheOwnerIsAnswered();
    }

    @Test
    void whoseTokensAreWrongIsSoonToldToWait() throws Exception {
        try (RawClient client = RawClient.encrypted("127.0.6.1", service.httpPort(), trusting, "http/1.1")) {
            String answer = "HTTP/1.1 401 ";
            for (int i = 0; i < 10 * BURST && answer.startsWith("HTTP/1.1 401 "); i++) {
                answer = client.send("GET /api/v1/streams HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer guess-"
                                + i + "\r\n\r\n")
                        .answer(QUIET_MS);
            }
            assertThat(answer).startsWith("HTTP/1.1 429 ");
        }
        assertTheOwnerIsAnswered();
    }
}
