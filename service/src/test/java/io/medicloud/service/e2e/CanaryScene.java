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
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** A service with a secret in every place that takes one, to which everything has happened that makes it say why. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class CanaryScene {
    private static final Path NATIVE = Path.of("../srt-transport/target/native");
    static final Duration LIMIT = Duration.ofSeconds(60);
    final Canaries canaries = new Canaries();
    final String passphrase = canaries.make("passphrase");
    final String wrongPassphrase = canaries.make("an encoder's wrong passphrase");
    final String urlPassphrase = canaries.make("passphrase in a URL");
    final String longPassphrase = canaries.make("a passphrase that is too long") + "x".repeat(50);
    final String otherPassphrase = canaries.make("another passphrase");
    final String operatorsToken = canaries.make("operator's token");
    final String viewersToken = canaries.make("viewer's token");
    final String wrongToken = canaries.make("wrong token");
    final String accessKey = canaries.make("access key");
    final String secretKey = canaries.make("secret key");
    final String wrongKey = canaries.make("wrong secret key");
    final String webhookSecret = canaries.make("webhook secret");
    final String playbackSecret = canaries.make("playback secret");
    final String otlpHeader = canaries.make("OTLP header");
    final String recordKey = canaries.add(
            "record key",
            Base64.getEncoder().encodeToString("canary-of-the-record-key-32-byte".getBytes(StandardCharsets.US_ASCII)));
    static final String EVERYTHING = "ROOT=debug,io.medicloud=debug,audit=debug";

    Path directory = Path.of("");

    static final TlsKeyPair TLS = TlsKeyPair.ofSelfSigned("localhost");
    final ByteArrayOutputStream collected = new ByteArrayOutputStream();
    final ByteArrayOutputStream posted = new ByteArrayOutputStream();
    final List<String> answers = new ArrayList<>();
    String jwt = "";
    String expiredJwt = "";

    TestIssuer issuer;
    S3Proxy store;
    HttpServer collector;
    HttpServer hook;
    ClientFactory clients;
    ServiceProcess service;
    int faults;

    /** Of SRT in the service. */
    String stack() {
        return "java";
    }

    @BeforeAll
    void whateverCanGoWrong(@TempDir Path own) throws Exception {
        directory = own;
        if (stack().equals("libsrt") && !Files.isDirectory(NATIVE)) {
            Peers.giveUp("the native part of the stack libsrt is not built");
        }
        issuer = new TestIssuer();
        ECKey key = TestIssuer.curve("now");
        issuer.publish(key);
        jwt = canaries.add(
                "JWT",
                TestIssuer.token(
                        key,
                        TestIssuer.claims("alice", "operator", Instant.now().plusSeconds(600))
                                .build()));
        expiredJwt = canaries.add(
                "JWT that is past",
                TestIssuer.token(
                        key,
                        TestIssuer.claims("bob", "operator", Instant.now().minusSeconds(600))
                                .build()));
        store = store();
        collector = receiver(collected, 200);
        hook = receiver(posted, 204);
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
                "srt.stack=" + stack(),
                "srt.libsrt.allowOld=true",
                "srt.latency=500ms",
                "stream.reconnectWindow=10m",
                "pull.allow=127.0.0.0/8",
                "otlp.metricsInterval=1s");
        // A machine that has much else to do may take long for the first connection.
        await().atMost(LIMIT)
                .ignoreExceptions()
                .until(() -> get("/readyz", "").status().code() == 200);
        goWrong("first");
        configure("log.format: json", "");
        await().atMost(LIMIT).until(() -> service.log().contains("\n{\"time\""));
        goWrong("second");
    }

    @AfterAll
    void close() throws Exception {
        if (service != null) {
            service.close();
            clients.close();
            hook.stop(0);
            collector.stop(0);
            store.stop();
            issuer.close();
        }
    }

    S3Proxy store() throws Exception {
        Path objects = Files.createDirectories(directory.resolve("store"));
        Files.createDirectories(objects.resolve("canaries"));
        S3Proxy proxy = S3Proxy.builder()
                .blobStore(new FilesystemNio2BlobStore(objects.toString()))
                .awsAuthentication(AuthenticationType.AWS_V2_OR_V4, accessKey, secretKey)
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

    void writeFiles() throws Exception {
        Base64.Encoder base64 = Base64.getMimeEncoder(64, new byte[] {'\n'});
        String key = base64.encodeToString(TLS.privateKey().getEncoded());
        canaries.add("TLS key", key.lines().skip(1).findFirst().orElseThrow());
        Files.writeString(
                directory.resolve("server.key"),
                "-----BEGIN PRIVATE KEY-----\n" + key + "\n-----END PRIVATE KEY-----\n");
        Files.writeString(
                directory.resolve("server.pem"),
                "-----BEGIN CERTIFICATE-----\n"
                        + base64.encodeToString(TLS.certificateChain().get(0).getEncoded())
                        + "\n-----END CERTIFICATE-----\n");
        Files.writeString(directory.resolve("playback"), playbackSecret);
        access("");
        configure("", "");
        assertThat(canaries.in(Files.readAllBytes(directory.resolve("medicloud.yaml"))))
                .as("they are found where they are")
                .contains("access key", "secret key", "webhook secret", "OTLP header", "record key");
    }

    void access(String more) throws Exception {
        Files.writeString(
                directory.resolve("access.yaml"),
                "tokens:\n  - {name: operator, role: operator, sha256: " + sha256(operatorsToken)
                        + "}\n  - {name: viewer, role: viewer, sha256: " + sha256(viewersToken) + "}\n" + more);
    }

    /** The configuration, with a line more, or with another line in the place of the secret key's. */
    void configure(String more, String instead) throws Exception {
        String yaml = String.join(
                "\n",
                "store.endpoint: http://127.0.0.1:" + store.getPort(),
                "store.accessKey: " + accessKey,
                instead.isEmpty() ? "store.secretKey: " + secretKey : instead,
                "security.recordKey: " + recordKey,
                "security.accessFile: access.yaml",
                "jwt.keys: " + issuer.address(),
                "jwt.issuer: " + TestIssuer.NAME,
                "jwt.audience: " + TestIssuer.AUDIENCE,
                "tls.certificate: server.pem",
                "tls.key: server.key",
                "otlp.endpoint: http://127.0.0.1:" + collector.getAddress().getPort(),
                "otlp.protocol: http",
                "otlp.signals: traces,logs,metrics",
                "otlp.headers: Authorization=Bearer " + otlpHeader,
                "webhook.url: http://127.0.0.1:" + hook.getAddress().getPort() + "/events",
                "webhook.secret: " + webhookSecret,
                "playback.secretFile: playback",
                "log.levels: " + EVERYTHING,
                more,
                "");
        Path aside = Files.writeString(directory.resolve("medicloud.yaml.new"), yaml);
        Files.move(aside, directory.resolve("medicloud.yaml"), java.nio.file.StandardCopyOption.ATOMIC_MOVE);
    }

    void goWrong(String id) throws Exception {
        LivestreamBlockingStub operator = client("Bearer " + operatorsToken);
        int port = operator.startPullStream(start(id).setPassphrase(passphrase).build())
                .getPort();
        try (SrtStack stack = SrtStacks.select("java").stack()) {
            try (TestEncoder encoder = new TestEncoder(stack, port, wrongPassphrase)) {
                assertThatThrownBy(encoder::connected).isInstanceOf(IOException.class);
            }
            try (TestEncoder encoder = new TestEncoder(stack, port, passphrase).connected()) {
                encoder.send(TestEncoder.stream(Duration.ofSeconds(3)));
            }
        }
        refused(operator, start(id).setPassphrase(otherPassphrase));
        refused(operator, start("long").setPassphrase(longPassphrase));
        refused(operator, start("url").setSourceUrl("srt://127.0.0.1:9?passphrase=" + longPassphrase));
        refused(operator, start("url").setSourceUrl("srt://127.0.0.1:9?passphrase=" + urlPassphrase + "&what=1"));
        refused(operator, start("url").setSourceUrl("srt://127.0.0.1:bad?passphrase=" + urlPassphrase));
        refused(operator, start("url").setSourceUrl("srt://10.0.0.1:9?passphrase=" + urlPassphrase));
        refused(operator, start("url").setSourceUrl("srt://user:" + urlPassphrase + "@127.0.0.1"));
        refused(operator, start("url").setSourceUrl("srt://127.0.0.1:9?pasphrase=" + urlPassphrase));
        operator.startPullStream(start("away-" + id)
                .setSourceUrl("srt://127.0.0.1:9?passphrase=" + urlPassphrase)
                .build());
        tell(() -> operator.updateStream(UpdateStreamRequest.newBuilder()
                .setLiveId(id)
                .setPassphrase(otherPassphrase)
                .build()));
        for (String authorization : List.of(
                "Bearer " + wrongToken,
                "Basic " + Base64.getEncoder().encodeToString(("me:" + wrongToken).getBytes(StandardCharsets.UTF_8)),
                "Bearer " + expiredJwt,
                "Bearer " + jwt.substring(0, jwt.length() - 8) + "AAAAAAAA")) {
            refused(client(authorization), start("nobodys").setPassphrase(otherPassphrase));
            answers.add(get("/api/v1/streams", authorization).contentUtf8());
            answers.add(get("/metrics", authorization).contentUtf8());
        }
        refused(client("Bearer " + viewersToken), start("nobodys").setPassphrase(otherPassphrase));
        answers.add(post("{\"live_id\": \"a b\", \"passphrase\": \"" + otherPassphrase + "\"}"));
        answers.add(post("{\"live_id\": \"a\", \"passphrase\": {\"x\": \"" + otherPassphrase + "\"}}"));
        answers.add(post("{\"live_id\": \"a\", \"passphrase\": " + otherPassphrase + "}"));
        answers.add(post("{\"live_id\": \"a\", \"pass\": \"" + otherPassphrase + "\"}"));
        badConfigurations();
        configure(id.equals("second") ? "log.format: json" : "", "store.secretKey: " + wrongKey);
        await().atMost(LIMIT).until(() -> get("/readyz", "").status().code() != 200);
        answers.add(get("/readyz", "").contentUtf8());
        configure(id.equals("second") ? "log.format: json" : "", "");
        await().atMost(LIMIT).until(() -> get("/readyz", "").status().code() == 200);
        operator.stopPullStream(StopPullStreamRequest.newBuilder().setLiveId(id).build());
    }

    /** Each is told, and changes nothing. */
    void badConfigurations() throws Exception {
        String json = faults > 0 ? "log.format: json\n" : "";
        for (String bad : List.of(
                "store.secretKey: '" + wrongKey,
                "store.secretKey: *" + wrongKey + ": [",
                "store.secretKey: !" + wrongKey + " {",
                "store.secretKey: \"" + wrongKey + "\\q\"",
                "store.secretKey: [" + wrongKey + "]",
                "store.secretKey: " + wrongKey + "x".repeat(300),
                "store.secretKey: " + secretKey + "\nstore.secretKey: " + wrongKey,
                "store.secretKey: " + secretKey + "\nstore.secretkeys: " + wrongKey,
                "store.secretKey: " + secretKey + "\n" + wrongKey,
                "store.secretKeyFile: playback\nstore.secretKey: " + wrongKey)) {
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
        access("  - {name: third, role: viewer, sha256: " + wrongToken + "}\n");
        await().atMost(LIMIT)
                .until(() -> service.log().substring(before.length()).contains("is not 64 hexadecimal digits"));
        access("");
    }

    StartPullStreamRequest.Builder start(String id) {
        return StartPullStreamRequest.newBuilder().setLiveId(id);
    }

    void refused(LivestreamBlockingStub client, StartPullStreamRequest.Builder request) {
        int before = answers.size();
        tell(() -> client.startPullStream(request.build()));
        assertThat(answers).as("%s", request.getLiveId()).hasSizeGreaterThan(before);
    }

    interface Call {
        Object make();
    }

    void tell(Call call) {
        try {
            Object unused = call.make();
        } catch (StatusRuntimeException e) {
            answers.add(e.getMessage() + " " + e.getTrailers());
        }
    }

    LivestreamBlockingStub client(String authorization) {
        return GrpcClients.builder("gproto+https://localhost:" + service.grpcPort() + "/")
                .factory(clients)
                .addHeader("authorization", authorization)
                .build(LivestreamBlockingStub.class);
    }

    AggregatedHttpResponse get(String path, String authorization) {
        return web(RequestHeaders.builder(HttpMethod.GET, path), authorization, "");
    }

    String post(String json) {
        return web(
                        RequestHeaders.builder(HttpMethod.POST, "/api/v1/streams")
                                .add("content-type", "application/json"),
                        "Bearer " + operatorsToken,
                        json)
                .contentUtf8();
    }

    AggregatedHttpResponse web(
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
