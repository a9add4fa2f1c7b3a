// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.linecorp.armeria.client.grpc.GrpcClientBuilder;
import com.linecorp.armeria.client.grpc.GrpcClients;
import com.nimbusds.jose.jwk.ECKey;
import io.medicloud.service.Http1;
import io.medicloud.service.proto.GetStreamInfoRequest;
import io.medicloud.service.proto.ListActiveStreamsRequest;
import io.medicloud.service.proto.LivestreamGrpc.LivestreamBlockingStub;
import io.medicloud.service.proto.StartPullStreamRequest;
import io.medicloud.service.proto.StopPullStreamRequest;
import io.medicloud.service.security.Identity;
import io.medicloud.service.security.Role;
import io.medicloud.service.security.TestIssuer;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What those see of streams and pages that may call; {@link AccessMatrixTest} has who may call what. */
final class AccessTest {
    private static final String PASSPHRASE = "correct-horse-battery";
    private static final HttpClient HTTP = Http1.client();
    /** Token of the access file, and whose it is. */
    private static final Map<String, Identity> IN_FILE = Map.of(
            "viewer-token", new Identity("viewer", Role.VIEWER, List.of("*")),
            "operator-token", new Identity("operator", Role.OPERATOR, List.of("*")),
            "admin-token", new Identity("admin", Role.ADMIN, List.of("*")),
            "wall-token", new Identity("wall", Role.OPERATOR, List.of("studio-*", "foyer")));

    @TempDir
    static Path directory;

    private static ServiceUnderTest service;
    private static TestIssuer issuer;
    private static String expired = "";

    @BeforeAll
    static void start() throws Exception {
        StringBuilder access = new StringBuilder("tokens:\n");
        IN_FILE.forEach((token, identity) -> access.append(String.format(
                "  - {name: %s, role: %s, sha256: %s, streams: ['%s']}%n",
                identity.name(),
                identity.role().name().toLowerCase(java.util.Locale.ROOT),
                sha256(token),
                String.join("', '", identity.streams()))));
        Files.writeString(directory.resolve("access.yaml"), access);
        issuer = new TestIssuer();
        sign();
        service = new ServiceUnderTest(
                directory,
                4,
                "security.accessFile=access.yaml",
                "jwt.keys=" + issuer.address(),
                "jwt.issuer=" + TestIssuer.NAME,
                "jwt.audience=" + TestIssuer.AUDIENCE);
        LivestreamBlockingStub admin = stub("gproto+http", "admin-token");
        for (String id : List.of("studio-1", "outside")) {
            StartPullStreamRequest request = StartPullStreamRequest.newBuilder()
                    .setLiveId(id)
                    .setPassphrase(PASSPHRASE)
                    .build();
            assertThat(admin.startPullStream(request).getPassphrase()).isEqualTo(PASSPHRASE);
        }
    }

    /** Somebody who was known once. */
    private static void sign() throws Exception {
        ECKey key = TestIssuer.curve("now");
        issuer.publish(key);
        expired = TestIssuer.token(
                key,
                TestIssuer.claims("admin", "admin", Instant.now().minusSeconds(3600))
                        .build());
    }

    @AfterAll
    static void stop() {
        service.close();
        issuer.close();
    }

    @Test
    void aTokenThatProvesNothingIsToldWhy() {
        assertThatThrownBy(() ->
                        stub("gproto+http", expired).listActiveStreams(ListActiveStreamsRequest.getDefaultInstance()))
                .hasMessage("UNAUTHENTICATED: authorization: the token: Expired JWT");
    }

    @Test
    void whoOnlyLooksSeesNoPassphraseAndWhoHasSomeStreamsSeesThose() {
        GetStreamInfoRequest outside =
                GetStreamInfoRequest.newBuilder().setLiveId("outside").build();
        assertThat(stub("gproto+http", "operator-token").getStreamInfo(outside).getPassphrase())
                .isEqualTo(PASSPHRASE);
        assertThat(stub("gproto+http", "viewer-token").getStreamInfo(outside).getPassphrase())
                .isEmpty();
        ListActiveStreamsRequest all = ListActiveStreamsRequest.getDefaultInstance();
        assertThat(stub("gproto+http", "viewer-token").listActiveStreams(all).getLiveIdsList())
                .containsExactlyInAnyOrder("studio-1", "outside");
        assertThat(stub("gproto-web+http", "wall-token").listActiveStreams(all).getLiveIdsList())
                .containsExactly("studio-1");
    }

    @Test
    void pagesAreForThoseThatAreKnownAndHealthIsForAll() throws Exception {
        for (String page : List.of("/", "/api/", "/api/openapi.json", "/metrics", "/hls/studio-1/live.m3u8")) {
            assertThat(status(page, "")).as(page).isEqualTo(401);
            assertThat(status(page, "wrong-token")).as(page).isEqualTo(401);
        }
        for (String page : List.of("/", "/api/", "/api/openapi.json", "/metrics")) {
            assertThat(status(page, "viewer-token")).as(page).isEqualTo(200);
        }
        assertThat(status("/hls/outside/live.m3u8", "wall-token")).isEqualTo(403);
        assertThat(status("/livez", "")).isEqualTo(200);
        HttpRequest byBrowser = HttpRequest.newBuilder(URI.create(url("/")))
                .header("authorization", "Basic " + base64("me:viewer-token"))
                .build();
        assertThat(HTTP.send(byBrowser, BodyHandlers.discarding()).statusCode()).isEqualTo(200);
        HttpRequest unknown = HttpRequest.newBuilder(URI.create(url("/"))).build();
        assertThat(HTTP.send(unknown, BodyHandlers.discarding()).headers().firstValue("www-authenticate"))
                .hasValueSatisfying(challenge -> assertThat(challenge).startsWith("Basic "));
    }

    @Test
    void metricsTellOfThoseStreamsAloneThatTheReaderSees() throws Exception {
        String all = get("/metrics", "viewer-token");
        assertThat(all).contains("live_id=\"studio-1\"", "live_id=\"outside\"", "medicloud_streams{", "jvm_memory");

        String some = get("/metrics", "wall-token");
        assertThat(some).contains("live_id=\"studio-1\"").doesNotContain("outside");
        assertThat(some.lines().filter(line -> !line.startsWith("#")))
                .isNotEmpty()
                .allSatisfy(line -> assertThat(line).contains("live_id=\"studio-"));
    }

    private static String get(String path, String token) throws Exception {
        return HTTP.send(request(path, token).build(), java.net.http.HttpResponse.BodyHandlers.ofString())
                .body();
    }

    @Test
    void whoHasSomeStreamsWritesBelowTheirNamesAlone() {
        StartPullStreamRequest request = StartPullStreamRequest.newBuilder()
                .setLiveId("studio-2")
                .setPassphrase(PASSPHRASE)
                .setStoragePrefix("outside")
                .build();

        assertThatThrownBy(() -> stub("gproto+http", "wall-token").startPullStream(request))
                .hasMessageStartingWith("PERMISSION_DENIED: storage_prefix: ");
        StartPullStreamRequest own =
                request.toBuilder().setStoragePrefix("studio-2/archive").build();
        LivestreamBlockingStub wall = stub("gproto+http", "wall-token");
        assertThat(wall.startPullStream(own).getLiveId()).isEqualTo("studio-2");
        assertThat(wall.stopPullStream(StopPullStreamRequest.newBuilder()
                                .setLiveId("studio-2")
                                .build())
                        .getIsSuccess())
                .isTrue();
    }

    @Test
    void reflectionIsForThoseThatAreKnown() throws Exception {
        for (String version : List.of("v1", "v1alpha")) {
            assertThat(reflection(version, "wrong-token")).isEqualTo(401);
            assertThat(reflection(version, "viewer-token")).isEqualTo(200);
        }
    }

    private static int reflection(String version, String token) throws Exception {
        URI place = URI.create("http://127.0.0.1:" + service.service().grpcPort() + "/grpc.reflection." + version
                + ".ServerReflection/ServerReflectionInfo");
        HttpRequest request = HttpRequest.newBuilder(place)
                .header("authorization", "Bearer " + token)
                .header("content-type", "application/grpc")
                .POST(BodyPublishers.ofByteArray(new byte[0]))
                .build();
        return HTTP.send(request, BodyHandlers.discarding()).statusCode();
    }

    private static LivestreamBlockingStub stub(String way, String token) {
        int port = way.contains("web")
                ? service.service().httpPort()
                : service.service().grpcPort();
        GrpcClientBuilder client = GrpcClients.builder(way + "://127.0.0.1:" + port + "/");
        if (!token.isEmpty()) {
            client.addHeader("authorization", "Bearer " + token);
        }
        return client.build(LivestreamBlockingStub.class);
    }

    private static int status(String path, String token) throws Exception {
        return HTTP.send(request(path, token).build(), BodyHandlers.discarding())
                .statusCode();
    }

    private static HttpRequest.Builder request(String path, String token) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url(path)));
        return token.isEmpty() ? request : request.header("authorization", "Bearer " + token);
    }

    private static String url(String path) {
        return "http://127.0.0.1:" + service.service().httpPort() + path;
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    private static String sha256(String token) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.UTF_8)));
        } catch (java.security.NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }
}
