// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.linecorp.armeria.client.ClientFactory;
import com.linecorp.armeria.client.WebClient;
import com.linecorp.armeria.client.grpc.GrpcClients;
import com.linecorp.armeria.common.AggregatedHttpResponse;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.RequestHeaders;
import com.linecorp.armeria.common.TlsKeyPair;
import com.nimbusds.jose.jwk.ECKey;
import com.sun.net.httpserver.HttpServer;
import io.grpc.StatusRuntimeException;
import io.medicloud.service.grpc.TestEncoder;
import io.medicloud.service.proto.LivestreamGrpc.LivestreamBlockingStub;
import io.medicloud.service.proto.StartPullStreamRequest;
import io.medicloud.service.proto.StopPullStreamRequest;
import io.medicloud.service.proto.UpdateStreamRequest;
import io.medicloud.service.security.TestIssuer;
import io.medicloud.srt.SrtStack;
import io.medicloud.srt.SrtStacks;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.gaul.s3proxy.S3Proxy;
import org.gaul.s3proxy.auth.AuthenticationType;
import org.gaul.s3proxy.nio2blob.FilesystemNio2BlobStore;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/** A service with a secret in every place that takes one, to which everything has happened that makes it say why. */
abstract class CanaryScene {
    static final Duration LIMIT = Duration.ofSeconds(60);
    static final Canaries CANARIES = new Canaries();
    static final String PASSPHRASE = CANARIES.make("passphrase");
    static final String WRONG_PASSPHRASE = CANARIES.make("an encoder's wrong passphrase");
    static final String URL_PASSPHRASE = CANARIES.make("passphrase in a URL");
    static final String LONG_PASSPHRASE = CANARIES.make("a passphrase that is too long") + "x".repeat(50);
    static final String OTHER_PASSPHRASE = CANARIES.make("another passphrase");
    static final String OPERATOR = CANARIES.make("operator's token");
    static final String VIEWER = CANARIES.make("viewer's token");
    static final String WRONG_TOKEN = CANARIES.make("wrong token");
    static final String ACCESS_KEY = CANARIES.make("access key");
    static final String SECRET_KEY = CANARIES.make("secret key");
    static final String WRONG_KEY = CANARIES.make("wrong secret key");
    static final String WEBHOOK = CANARIES.make("webhook secret");
    static final String PLAYBACK = CANARIES.make("playback secret");
    static final String OTLP = CANARIES.make("OTLP header");
    static final String RECORD_KEY = CANARIES.add(
            "record key",
            Base64.getEncoder().encodeToString("canary-of-the-record-key-32-byte".getBytes(StandardCharsets.US_ASCII)));
    static final String EVERYTHING = "ROOT=debug,io.medicloud=debug,audit=debug";

    @TempDir
    static Path directory;

    static final TlsKeyPair TLS = TlsKeyPair.ofSelfSigned("localhost");
    static final ByteArrayOutputStream COLLECTED = new ByteArrayOutputStream();
    static final ByteArrayOutputStream POSTED = new ByteArrayOutputStream();
    static final List<String> TOLD = new ArrayList<>();
    static String jwt = "";
    static String expiredJwt = "";

    static TestIssuer issuer;
    static S3Proxy store;
    static HttpServer collector;
    static HttpServer hook;
    static ClientFactory clients;
    static ServiceProcess service;
    static int faults;

    @BeforeAll
    static void whateverCanGoWrong() throws Exception {
        issuer = new TestIssuer();
        ECKey key = TestIssuer.curve("now");
        issuer.publish(key);
        jwt = CANARIES.add(
                "JWT",
                TestIssuer.token(
                        key,
                        TestIssuer.claims("alice", "operator", Instant.now().plusSeconds(600))
                                .build()));
        expiredJwt = CANARIES.add(
                "JWT that is past",
                TestIssuer.token(
                        key,
                        TestIssuer.claims("bob", "operator", Instant.now().minusSeconds(600))
                                .build()));
        store = store();
        collector = receiver(COLLECTED, 200);
        hook = receiver(POSTED, 204);
        clients = ClientFactory.builder()
                .tlsCustomizer(tls -> tls.trustManager(TLS.certificateChain().get(0)))
                .build();
        writeFiles();
        service = ServiceProcess.launch(
                directory,
                Map.of("MINIO_BUCKET", "canaries"),
                Ports.freeUdp(4),
                4,
                "segment.duration=1s",
                "srt.latency=500ms",
                "stream.reconnectWindow=10m",
                "pull.allow=127.0.0.0/8",
                "otlp.metricsInterval=1s");
        await().atMost(LIMIT).until(() -> get("/readyz", "").status().code() == 200);
        goWrong("first");
        configure("log.format: json", "");
        await().atMost(LIMIT).until(() -> service.log().contains("\n{\"time\""));
        goWrong("second");
    }

    @AfterAll
    static void close() throws Exception {
        service.close();
        clients.close();
        hook.stop(0);
        collector.stop(0);
        store.stop();
        issuer.close();
    }

    static S3Proxy store() throws Exception {
        Path objects = Files.createDirectories(directory.resolve("store"));
        Files.createDirectories(objects.resolve("canaries"));
        S3Proxy proxy = S3Proxy.builder()
                .blobStore(new FilesystemNio2BlobStore(objects.toString()))
                .awsAuthentication(AuthenticationType.AWS_V2_OR_V4, ACCESS_KEY, SECRET_KEY)
                .endpoint(URI.create("http://127.0.0.1:" + Ports.freeTcp()))
                .build();
        proxy.start();
        return proxy;
    }

    /** Takes what is posted, every third time only. */
    static HttpServer receiver(ByteArrayOutputStream into, int ok) throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        AtomicInteger count = new AtomicInteger();
        server.createContext("/", exchange -> {
            byte[] body = exchange.getRequestBody().readAllBytes();
            synchronized (into) {
                into.writeBytes(body);
            }
            exchange.sendResponseHeaders(count.incrementAndGet() % 3 == 0 ? ok : 503, -1);
            exchange.close();
        });
        server.start();
        return server;
    }

    static String kept(ByteArrayOutputStream from) {
        synchronized (from) {
            return from.toString(StandardCharsets.ISO_8859_1);
        }
    }

    static void writeFiles() throws Exception {
        Base64.Encoder base64 = Base64.getMimeEncoder(64, new byte[] {'\n'});
        String key = base64.encodeToString(TLS.privateKey().getEncoded());
        CANARIES.add("TLS key", key.lines().skip(1).findFirst().orElseThrow());
        Files.writeString(
                directory.resolve("server.key"),
                "-----BEGIN PRIVATE KEY-----\n" + key + "\n-----END PRIVATE KEY-----\n");
        Files.writeString(
                directory.resolve("server.pem"),
                "-----BEGIN CERTIFICATE-----\n"
                        + base64.encodeToString(TLS.certificateChain().get(0).getEncoded())
                        + "\n-----END CERTIFICATE-----\n");
        Files.writeString(directory.resolve("playback"), PLAYBACK);
        access("");
        configure("", "");
        assertThat(CANARIES.in(Files.readAllBytes(directory.resolve("medicloud.yaml"))))
                .as("they are found where they are")
                .contains("access key", "secret key", "webhook secret", "OTLP header", "record key");
    }

    static void access(String more) throws Exception {
        Files.writeString(
                directory.resolve("access.yaml"),
                "tokens:\n  - {name: operator, role: operator, sha256: " + sha256(OPERATOR)
                        + "}\n  - {name: viewer, role: viewer, sha256: " + sha256(VIEWER) + "}\n" + more);
    }

    /** The configuration, with a line more, or with another line in the place of the secret key's. */
    static void configure(String more, String instead) throws Exception {
        String yaml = String.join(
                "\n",
                "store.endpoint: http://127.0.0.1:" + store.getPort(),
                "store.accessKey: " + ACCESS_KEY,
                instead.isEmpty() ? "store.secretKey: " + SECRET_KEY : instead,
                "security.recordKey: " + RECORD_KEY,
                "security.accessFile: access.yaml",
                "jwt.keys: " + issuer.address(),
                "jwt.issuer: " + TestIssuer.NAME,
                "jwt.audience: " + TestIssuer.AUDIENCE,
                "tls.certificate: server.pem",
                "tls.key: server.key",
                "otlp.endpoint: http://127.0.0.1:" + collector.getAddress().getPort(),
                "otlp.protocol: http",
                "otlp.signals: traces,logs,metrics",
                "otlp.headers: Authorization=Bearer " + OTLP,
                "webhook.url: http://127.0.0.1:" + hook.getAddress().getPort() + "/events",
                "webhook.secret: " + WEBHOOK,
                "playback.secretFile: playback",
                "log.levels: " + EVERYTHING,
                more,
                "");
        Path aside = Files.writeString(directory.resolve("medicloud.yaml.new"), yaml);
        Files.move(aside, directory.resolve("medicloud.yaml"), java.nio.file.StandardCopyOption.ATOMIC_MOVE);
    }

    static void goWrong(String id) throws Exception {
        LivestreamBlockingStub operator = client("Bearer " + OPERATOR);
        int port = operator.startPullStream(start(id).setPassphrase(PASSPHRASE).build())
                .getPort();
        try (SrtStack stack = SrtStacks.select("java").stack()) {
            try (TestEncoder encoder = new TestEncoder(stack, port, WRONG_PASSPHRASE)) {
                assertThatThrownBy(encoder::connected).isInstanceOf(IOException.class);
            }
            try (TestEncoder encoder = new TestEncoder(stack, port, PASSPHRASE).connected()) {
                encoder.send(TestEncoder.stream(Duration.ofSeconds(3)));
            }
        }
        refused(operator, start(id).setPassphrase(OTHER_PASSPHRASE));
        refused(operator, start("long").setPassphrase(LONG_PASSPHRASE));
        refused(operator, start("url").setSourceUrl("srt://127.0.0.1:9?passphrase=" + LONG_PASSPHRASE));
        refused(operator, start("url").setSourceUrl("srt://127.0.0.1:9?passphrase=" + URL_PASSPHRASE + "&what=1"));
        refused(operator, start("url").setSourceUrl("srt://127.0.0.1:bad?passphrase=" + URL_PASSPHRASE));
        refused(operator, start("url").setSourceUrl("srt://10.0.0.1:9?passphrase=" + URL_PASSPHRASE));
        refused(operator, start("url").setSourceUrl("srt://user:" + URL_PASSPHRASE + "@127.0.0.1"));
        refused(operator, start("url").setSourceUrl("srt://127.0.0.1:9?pasphrase=" + URL_PASSPHRASE));
        operator.startPullStream(start("away-" + id)
                .setSourceUrl("srt://127.0.0.1:9?passphrase=" + URL_PASSPHRASE)
                .build());
        tell(() -> operator.updateStream(UpdateStreamRequest.newBuilder()
                .setLiveId(id)
                .setPassphrase(OTHER_PASSPHRASE)
                .build()));
        for (String authorization : List.of(
                "Bearer " + WRONG_TOKEN,
                "Basic " + Base64.getEncoder().encodeToString(("me:" + WRONG_TOKEN).getBytes(StandardCharsets.UTF_8)),
                "Bearer " + expiredJwt,
                "Bearer " + jwt.substring(0, jwt.length() - 8) + "AAAAAAAA")) {
            refused(client(authorization), start("nobodys").setPassphrase(OTHER_PASSPHRASE));
            TOLD.add(get("/api/v1/streams", authorization).contentUtf8());
            TOLD.add(get("/metrics", authorization).contentUtf8());
        }
        refused(client("Bearer " + VIEWER), start("nobodys").setPassphrase(OTHER_PASSPHRASE));
        TOLD.add(post("{\"live_id\": \"a b\", \"passphrase\": \"" + OTHER_PASSPHRASE + "\"}"));
        TOLD.add(post("{\"live_id\": \"a\", \"passphrase\": {\"x\": \"" + OTHER_PASSPHRASE + "\"}}"));
        TOLD.add(post("{\"live_id\": \"a\", \"passphrase\": " + OTHER_PASSPHRASE + "}"));
        TOLD.add(post("{\"live_id\": \"a\", \"pass\": \"" + OTHER_PASSPHRASE + "\"}"));
        badConfigurations();
        configure(id.equals("second") ? "log.format: json" : "", "store.secretKey: " + WRONG_KEY);
        await().atMost(LIMIT).until(() -> get("/readyz", "").status().code() != 200);
        TOLD.add(get("/readyz", "").contentUtf8());
        configure(id.equals("second") ? "log.format: json" : "", "");
        await().atMost(LIMIT).until(() -> get("/readyz", "").status().code() == 200);
        operator.stopPullStream(StopPullStreamRequest.newBuilder().setLiveId(id).build());
    }

    /** Each is told, and changes nothing. */
    static void badConfigurations() throws Exception {
        String json = faults > 0 ? "log.format: json\n" : "";
        for (String bad : List.of(
                "store.secretKey: '" + WRONG_KEY,
                "store.secretKey: *" + WRONG_KEY + ": [",
                "store.secretKey: !" + WRONG_KEY + " {",
                "store.secretKey: \"" + WRONG_KEY + "\\q\"",
                "store.secretKey: [" + WRONG_KEY + "]",
                "store.secretKey: " + WRONG_KEY + "x".repeat(300),
                "store.secretKey: " + SECRET_KEY + "\nstore.secretKey: " + WRONG_KEY,
                "store.secretKey: " + SECRET_KEY + "\nstore.secretkeys: " + WRONG_KEY,
                "store.secretKey: " + SECRET_KEY + "\n" + WRONG_KEY,
                "store.secretKeyFile: playback\nstore.secretKey: " + WRONG_KEY)) {
            String before = service.log();
            configure(json, bad);
            await(bad)
                    .atMost(LIMIT)
                    .until(() -> service.log().length() > before.length()
                            && service.log().substring(before.length()).contains("is faulty; the one before stays"));
            faults++;
        }
        String before = service.log();
        configure(json, "");
        access("  - {name: third, role: viewer, sha256: " + WRONG_TOKEN + "}\n");
        await().atMost(LIMIT)
                .until(() -> service.log().substring(before.length()).contains("is not 64 hexadecimal digits"));
        access("");
    }

    static StartPullStreamRequest.Builder start(String id) {
        return StartPullStreamRequest.newBuilder().setLiveId(id);
    }

    static void refused(LivestreamBlockingStub client, StartPullStreamRequest.Builder request) {
        int before = TOLD.size();
        tell(() -> client.startPullStream(request.build()));
        assertThat(TOLD).as("%s", request.getLiveId()).hasSizeGreaterThan(before);
    }

    interface Call {
        Object make();
    }

    static void tell(Call call) {
        try {
            Object unused = call.make();
        } catch (StatusRuntimeException e) {
            TOLD.add(e.getMessage() + " " + e.getTrailers());
        }
    }

    static LivestreamBlockingStub client(String authorization) {
        return GrpcClients.builder("gproto+https://localhost:" + service.grpcPort() + "/")
                .factory(clients)
                .addHeader("authorization", authorization)
                .build(LivestreamBlockingStub.class);
    }

    static AggregatedHttpResponse get(String path, String authorization) {
        return web(RequestHeaders.builder(HttpMethod.GET, path), authorization, "");
    }

    static String post(String json) {
        return web(
                        RequestHeaders.builder(HttpMethod.POST, "/api/v1/streams")
                                .add("content-type", "application/json"),
                        "Bearer " + OPERATOR,
                        json)
                .contentUtf8();
    }

    static AggregatedHttpResponse web(
            com.linecorp.armeria.common.RequestHeadersBuilder headers, String authorization, String body) {
        if (!authorization.isEmpty()) {
            headers.add("authorization", authorization);
        }
        return WebClient.builder("https://localhost:" + service.httpPort())
                .factory(clients)
                .build()
                .execute(headers.build(), body.getBytes(StandardCharsets.UTF_8))
                .aggregate()
                .join();
    }

    static String sha256(String token) throws Exception {
        return HexFormat.of()
                .formatHex(MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.UTF_8)));
    }
}
