// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.api.AnnotationsProto;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.MethodDescriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.Message;
import com.linecorp.armeria.client.grpc.GrpcClientBuilder;
import com.linecorp.armeria.client.grpc.GrpcClients;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.PlainJWT;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.protobuf.ProtoUtils;
import io.medicloud.service.Http1;
import io.medicloud.service.proto.GetStreamInfoRequest;
import io.medicloud.service.proto.ListActiveStreamsRequest;
import io.medicloud.service.proto.LivestreamGrpc;
import io.medicloud.service.proto.LivestreamGrpc.LivestreamBlockingStub;
import io.medicloud.service.proto.StartPullStreamRequest;
import io.medicloud.service.proto.StopPullStreamRequest;
import io.medicloud.service.proto.StreamStats;
import io.medicloud.service.security.Identity;
import io.medicloud.service.security.Role;
import io.medicloud.service.security.RpcPolicy;
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
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Who may call what, over each of the ways in. */
final class AccessTest {
    private static final String PASSPHRASE = "correct-horse-battery";
    private static final HttpClient HTTP = Http1.client();
    private static final List<MethodDescriptor> METHODS =
            StreamStats.getDescriptor().getFile().getServices().get(0).getMethods();
    /** Token of the access file, and whose it is. */
    private static final Map<String, Identity> IN_FILE = Map.of(
            "viewer-token", new Identity("viewer", Role.VIEWER, List.of("*")),
            "operator-token", new Identity("operator", Role.OPERATOR, List.of("*")),
            "admin-token", new Identity("admin", Role.ADMIN, List.of("*")),
            "wall-token", new Identity("wall", Role.OPERATOR, List.of("studio-*", "foyer")));

    /** The same, and those that an issuer has signed. */
    private static final Map<String, Identity> CALLERS = new LinkedHashMap<>(IN_FILE);
    /** Those that are nobody's. */
    private static final List<String> NOBODYS = new ArrayList<>(List.of("", "wrong-token"));

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

    /** One for each role, one for some streams; and some that prove nothing. */
    private static void sign() throws Exception {
        ECKey key = TestIssuer.curve("now");
        issuer.publish(key);
        Instant soon = Instant.now().plusSeconds(600);
        for (Role role : Role.values()) {
            String name = role.name().toLowerCase(java.util.Locale.ROOT);
            CALLERS.put(
                    TestIssuer.token(key, TestIssuer.claims(name, name, soon).build()),
                    new Identity("jwt:" + name, role, List.of("*")));
        }
        JWTClaimsSet.Builder wall = TestIssuer.claims("wall", "operator", soon).claim("streams", "studio-* foyer");
        CALLERS.put(
                TestIssuer.token(key, wall.build()),
                new Identity("jwt:wall", Role.OPERATOR, List.of("studio-*", "foyer")));
        JWTClaimsSet.Builder admin = TestIssuer.claims("admin", "admin", soon);
        NOBODYS.add(TestIssuer.token(TestIssuer.curve("now"), admin.build()));
        NOBODYS.add(TestIssuer.token(key, admin.audience("another").build()));
        NOBODYS.add(new PlainJWT(admin.audience(TestIssuer.AUDIENCE).build()).serialize());
        expired = TestIssuer.token(
                key,
                TestIssuer.claims("admin", "admin", Instant.now().minusSeconds(3600))
                        .build());
        NOBODYS.add(expired);
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
    void thePolicyNamesEveryRpc() {
        assertThat(METHODS).allMatch(method -> RpcPolicy.isListed(method.getName()));
        assertThat(RpcPolicy.needed("WhatIsAddedOneDay")).isEqualTo(Role.ADMIN);
    }

    @ParameterizedTest
    @CsvSource({"gproto+http", "gproto-web+http"})
    void eachRpcAnswersThoseAloneThatMay(String way) throws Exception {
        for (MethodDescriptor method : METHODS) {
            for (String token : tokens()) {
                assertThat(refusal(code(way, token, method)))
                        .as("%s by '%s'", method.getName(), token)
                        .isEqualTo(expected(token, method));
            }
        }
    }

    @Test
    void asJsonToo() throws Exception {
        for (MethodDescriptor method : METHODS) {
            for (String token : tokens()) {
                var rule = method.getOptions().getExtension(AnnotationsProto.http);
                String path = (rule.getGet() + rule.getPost() + rule.getDelete() + rule.getPatch())
                        .replace("{live_id}", "nobodys")
                        .replace("{sequence}", "1");
                HttpRequest.Builder request = request(path, token)
                        .method(
                                rule.getPatternCase().name(),
                                rule.getBody().isEmpty()
                                        ? BodyPublishers.noBody()
                                        : BodyPublishers.ofString(
                                                path.contains("nobodys") ? "{}" : "{\"live_id\": \"nobodys\"}"))
                        .header("content-type", "application/json");
                int status =
                        HTTP.send(request.build(), BodyHandlers.ofInputStream()).statusCode();
                Status.Code code = status == 401
                        ? Status.Code.UNAUTHENTICATED
                        : status == 403 ? Status.Code.PERMISSION_DENIED : Status.Code.OK;
                assertThat(code)
                        .as("%s %s by '%s'", method.getName(), status, token)
                        .isEqualTo(expected(token, method));
            }
        }
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

    private static List<String> tokens() {
        List<String> all = new ArrayList<>(NOBODYS);
        all.addAll(CALLERS.keySet());
        return all;
    }

    private static Status.Code expected(String token, MethodDescriptor method) {
        Role needed = RpcPolicy.needed(method.getName());
        Identity caller = CALLERS.get(token);
        if (needed == null) {
            return Status.Code.OK;
        }
        if (caller == null) {
            return Status.Code.UNAUTHENTICATED;
        }
        boolean namesStreams = method.getInputType().findFieldByName("live_id") != null
                || method.getInputType().findFieldByName("live_ids") != null;
        return caller.role().covers(needed) && (caller.seesAll() || !namesStreams)
                ? Status.Code.OK
                : Status.Code.PERMISSION_DENIED;
    }

    /** What is refused for another reason was let through. */
    private static Status.Code refusal(Status.Code code) {
        return code == Status.Code.UNAUTHENTICATED || code == Status.Code.PERMISSION_DENIED ? code : Status.Code.OK;
    }

    private static Status.Code code(String way, String token, MethodDescriptor method) throws Exception {
        DynamicMessage.Builder request = DynamicMessage.newBuilder(method.getInputType());
        FieldDescriptor liveId = method.getInputType().findFieldByName("live_id");
        if (liveId != null) {
            request.setField(liveId, "nobodys");
        }
        io.grpc.MethodDescriptor<Message, Message> call = io.grpc.MethodDescriptor.<Message, Message>newBuilder()
                .setType(
                        method.isServerStreaming()
                                ? io.grpc.MethodDescriptor.MethodType.SERVER_STREAMING
                                : io.grpc.MethodDescriptor.MethodType.UNARY)
                .setFullMethodName(
                        io.grpc.MethodDescriptor.generateFullMethodName(LivestreamGrpc.SERVICE_NAME, method.getName()))
                .setRequestMarshaller(ProtoUtils.marshaller(DynamicMessage.getDefaultInstance(method.getInputType())))
                .setResponseMarshaller(ProtoUtils.marshaller(DynamicMessage.getDefaultInstance(method.getOutputType())))
                .build();
        CallOptions soon = CallOptions.DEFAULT.withDeadlineAfter(1, TimeUnit.SECONDS);
        ClientCall<Message, Message> asked = stub(way, token).getChannel().newCall(call, soon);
        CompletableFuture<Status.Code> answered = new CompletableFuture<>();
        asked.start(
                new ClientCall.Listener<>() {
                    @Override
                    public void onMessage(Message message) {
                        answered.complete(Status.Code.OK);
                    }

                    @Override
                    public void onClose(Status status, Metadata trailers) {
                        answered.complete(status.getCode());
                    }
                },
                new Metadata());
        asked.request(1);
        asked.sendMessage(request.build());
        asked.halfClose();
        Status.Code code = answered.get(10, TimeUnit.SECONDS);
        asked.cancel("answered", null);
        return code;
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
