// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.linecorp.armeria.common.TlsKeyPair;
import io.medicloud.service.Http1;
import io.medicloud.service.TestCa;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whom the service calls over TLS: it asks nothing of those that do not prove to be whom it was told to call. */
final class OutgoingTlsIT {
    private static final Duration LIMIT = Duration.ofSeconds(90);
    private static final List<String> NOW = List.of("TLSv1.3", "TLSv1.2");
    private static final List<String> OLD = List.of("TLSv1.1");
    private static final String TOKEN = "token-of-the-backend";
    private static final List<String> CALLED = List.of("store", "webhook", "issuer", "collector");

    @TempDir
    private static Path keys;

    @TempDir
    private Path directory;

    private static TestCa ca;
    private static TlsKeyPair good;
    private static TlsKeyPair another;
    private static TlsKeyPair foreign;

    @BeforeAll
    static void makeAuthorities() throws Exception {
        ca = TestCa.in(keys, "authority");
        good = ca.issue("good", "localhost", TestCa.GOOD);
        another = ca.issue("another", "elsewhere.example", TestCa.GOOD);
        foreign = TestCa.in(keys, "foreign").issue("foreign", "localhost", TestCa.GOOD);
    }

    @ParameterizedTest
    @ValueSource(strings = {"grpc", "http"})
    void whoProvesToBeTheOneIsAsked(String protocol) throws Exception {
        Map<String, TlsPeer> called = call(good, NOW, protocol, TlsPeer::requests);

        assertThat(called.get("store").requests()).contains("HEAD /videos");
        assertThat(called.get("webhook").requests()).contains("POST /hook");
        assertThat(called.get("issuer").requests()).contains("GET /keys");
        assertThat(called.get("collector").requests()).allMatch(line -> line.startsWith("POST /"));
    }

    @ParameterizedTest
    @CsvSource({
        "ENDED, grpc",
        "ANOTHER_NAME, grpc",
        "ANOTHER_NAME, http",
        "FOREIGN, grpc",
        "FOREIGN, http",
        "SELF_SIGNED, grpc",
        "OLD_TLS, grpc"
    })
    void whoDoesNotIsAskedNothing(Flaw flaw, String protocol) throws Exception {
        TlsKeyPair identity = switch (flaw) {
            case ENDED -> ca.issue("ended", "localhost", TestCa.ENDED);
            case ANOTHER_NAME -> another;
            case FOREIGN -> foreign;
            case SELF_SIGNED -> TestCa.selfSigned(keys, "localhost");
            case OLD_TLS -> good;
        };

        Map<String, TlsPeer> called = call(identity, flaw == Flaw.OLD_TLS ? OLD : NOW, protocol, TlsPeer::refusals);

        assertThat(called)
                .allSatisfy((who, peer) -> assertThat(peer.requests()).as(who).isEmpty());
    }

    private enum Flaw {
        ENDED,
        ANOTHER_NAME,
        FOREIGN,
        SELF_SIGNED,
        OLD_TLS
    }

    /** Else that it is refused would say nothing. */
    @Test
    void aClientThatSpeaksOldTlsIsAnsweredInIt() throws Exception {
        SslContext old = SslContextBuilder.forClient()
                .sslProvider(SslProvider.OPENSSL)
                .protocols(OLD)
                .ciphers(TlsPeer.CIPHERS)
                .trustManager(ca.certificate())
                .build();
        EventLoopGroup loop = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
        try (TlsPeer peer = new TlsPeer(good, OLD)) {
            SslHandler handler = old.newHandler(ByteBufAllocator.DEFAULT, "localhost", peer.port());
            new Bootstrap()
                    .group(loop)
                    .channel(NioSocketChannel.class)
                    .handler(handler)
                    .connect("localhost", peer.port())
                    .sync();
            handler.handshakeFuture().get(LIMIT.toSeconds(), TimeUnit.SECONDS);

            assertThat(handler.engine().getSession().getProtocol()).isIn(OLD);
        } finally {
            Future<?> unused = loop.shutdownGracefully();
        }
    }

    /**
     * Runs a service that trusts the authority until each of them has what is awaited. A connection that is under way when the
     * service ends is one more refusal, which says nothing.
     */
    private Map<String, TlsPeer> call(
            TlsKeyPair identity, List<String> tls, String protocol, Function<TlsPeer, List<String>> awaited)
            throws Exception {
        Map<String, TlsPeer> peers = new TreeMap<>();
        try {
            for (String who : CALLED) {
                peers.put(who, new TlsPeer(identity, tls));
            }
            writeAccess();
            Map<String, String> java = Map.of("MEDICLOUD_JAVA_OPTS", ca.trustOptions());
            try (ServiceProcess service =
                    ServiceProcess.launch(directory, java, Ports.freeUdp(2), 2, settings(peers, protocol))) {
                assertThat(post(service, TOKEN)).isEqualTo(200);
                // The claims do not matter: its key is looked for first.
                String unknown =
                        base64("{\"alg\":\"ES256\",\"kid\":\"k\"}") + "." + base64("{\"sub\":\"x\"}") + ".c2ln";
                assertThat(post(service, unknown)).isEqualTo(401);
                await("each has been asked, or refused")
                        .atMost(LIMIT)
                        .untilAsserted(() -> assertThat(peers)
                                .allSatisfy((who, peer) -> assertThat(awaited.apply(peer))
                                        .as("%s was asked %s, refused %s", who, peer.requests(), peer.refusals())
                                        .isNotEmpty()));
            }
        } finally {
            peers.values().forEach(TlsPeer::close);
        }
        return peers;
    }

    private void writeAccess() throws Exception {
        byte[] hash = MessageDigest.getInstance("SHA-256").digest(TOKEN.getBytes(StandardCharsets.UTF_8));
        Files.writeString(
                directory.resolve("access.yaml"),
                "tokens:\n  - {name: backend, role: operator, sha256: "
                        + HexFormat.of().formatHex(hash) + "}\n");
    }

    private static String[] settings(Map<String, TlsPeer> at, String protocol) {
        return new String[] {
            "security.accessFile=access.yaml",
            "store.endpoint=" + address(at, "store", ""),
            "store.accessKey=access",
            "store.secretKey=secret-key",
            "store.bucket=videos",
            "webhook.secret=secret-of-the-webhook",
            "webhook.url=" + address(at, "webhook", "/hook"),
            "jwt.keys=" + address(at, "issuer", "/keys"),
            "otlp.endpoint=" + address(at, "collector", ""),
            "otlp.protocol=" + protocol
        };
    }

    private static String address(Map<String, TlsPeer> at, String who, String path) {
        return "https://localhost:" + at.get(who).port() + path;
    }

    /** Starts a stream, which is an event and a trace. */
    private static int post(ServiceProcess service, String token) throws Exception {
        return Http1.client()
                .send(
                        HttpRequest.newBuilder(URI.create(service.url("/api/v1/streams")))
                                .header("authorization", "Bearer " + token)
                                .header("content-type", "application/json")
                                .POST(BodyPublishers.ofString(
                                        "{\"live_id\": \"one\", \"passphrase\": \"0123456789abcdef\"}"))
                                .build(),
                        BodyHandlers.discarding())
                .statusCode();
    }

    private static String base64(String text) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }
}
