// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.api.AnnotationsProto;
import com.linecorp.armeria.client.WebClient;
import com.linecorp.armeria.client.grpc.GrpcClientBuilder;
import com.linecorp.armeria.client.grpc.GrpcClients;
import io.grpc.Status;
import io.grpc.health.v1.HealthGrpc;
import io.medicloud.service.grpc.Callers.Caller;
import io.medicloud.service.proto.GetStreamInfoRequest;
import io.medicloud.service.proto.ListActiveStreamsRequest;
import io.medicloud.service.proto.LivestreamGrpc;
import io.medicloud.service.proto.LivestreamGrpc.LivestreamBlockingStub;
import io.medicloud.service.proto.StartPullStreamRequest;
import io.medicloud.service.security.Identity;
import io.medicloud.service.security.Role;
import io.medicloud.service.security.RpcPolicy;
import io.medicloud.srt.SrtStack;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Every rpc that is served by everybody there is, over each of the ways in, about a stream of those who have some, and about another's: what the policy allows comes to its method, and is
 * answered as that does; nothing else does.
 */
final class AccessMatrixTest {
    /** Of those who have some streams. */
    private static final String OWN = "studio-1";

    private static final String ANOTHERS = "outside";
    private static final String REFLECTION = "grpc.reflection.v1.ServerReflection";
    private static final String OLD_REFLECTION = "grpc.reflection.v1alpha.ServerReflection";
    /** What a method answers that does not answer with a message: the streams run already, and there is one node. */
    private static final Map<String, Status.Code> ANSWERED = Map.of(
            "StartPullStream",
            Status.Code.ALREADY_EXISTS,
            "ListNodes",
            Status.Code.FAILED_PRECONDITION,
            "DrainNode",
            Status.Code.FAILED_PRECONDITION);

    /** They name no stream, and are about every one. */
    private static final Set<String> OF_ALL = Set.of("ListNodes", "DrainNode");

    private static final Duration LIMIT = Duration.ofSeconds(30);

    @TempDir
    private static Path directory;

    private static final Map<List<Object>, LivestreamBlockingStub> STUBS = new HashMap<>();
    private static final List<TestEncoder> ENCODERS = new ArrayList<>();
    private static Callers callers;
    private static ServiceUnderTest service;
    private static SrtStack stack;
    private static Caller admin;

    @BeforeAll
    static void start() throws Exception {
        callers = new Callers(directory);
        List<String> settings = new ArrayList<>(Arrays.asList(callers.settings()));
        // How often somebody may call is another test's.
        settings.add("control.callsPerSecond=0");
        service = new ServiceUnderTest(directory, 4, settings.toArray(String[]::new));
        stack = ServiceUnderTest.stack();
        ServedRpc list = rpcs(true).stream()
                .filter(rpc -> rpc.method().equals("ListActiveStreams"))
                .findFirst()
                .orElseThrow();
        Caller old = callers.ofOldKey();
        assertThat(RpcAnswer.of(stub("gproto", true, old).getChannel(), list, OWN)
                        .code())
                .isEqualTo(Status.Code.OK);
        Caller newKey = callers.rotate();
        // It is fetched when a token names it, some seconds after the last time.
        await().atMost(LIMIT)
                .until(() -> RpcAnswer.of(stub("gproto", true, newKey).getChannel(), list, OWN)
                                .code()
                        == Status.Code.OK);
        admin = callers.all().stream()
                .filter(caller -> new Identity("admin", Role.ADMIN, List.of("*")).equals(caller.who()))
                .findFirst()
                .orElseThrow();
        for (String id : List.of(OWN, ANOTHERS)) {
            stream(id);
        }
    }

    /** One that runs, and of which a segment is stored. */
    private static void stream(String id) throws Exception {
        LivestreamBlockingStub client = stub("gproto", true, admin);
        int port = client.startPullStream(StartPullStreamRequest.newBuilder()
                        .setLiveId(id)
                        .setPassphrase(ServedRpc.PASSPHRASE)
                        .build())
                .getPort();
        TestEncoder encoder = new TestEncoder(stack, port, ServedRpc.PASSPHRASE).connected();
        ENCODERS.add(encoder);
        encoder.begin(TestEncoder.stream(Duration.ofSeconds(3)));
        await().atMost(LIMIT)
                .until(() -> client.getStreamInfo(GetStreamInfoRequest.newBuilder()
                                        .setLiveId(id)
                                        .build())
                                .getStoredSegments()
                        > 0);
    }

    @AfterAll
    static void stop() {
        ENCODERS.forEach(TestEncoder::close);
        service.close();
        stack.close();
        callers.close();
    }

    @Test
    void thePolicyNamesEveryRpc() throws Exception {
        assertThat(rpcs(true))
                .extracting(ServedRpc::service)
                .contains(LivestreamGrpc.SERVICE_NAME, HealthGrpc.SERVICE_NAME, REFLECTION, OLD_REFLECTION);
        assertThat(rpcs(false)).extracting(ServedRpc::service).contains(LivestreamGrpc.SERVICE_NAME);
        for (boolean isGrpcPort : List.of(true, false)) {
            assertThat(rpcs(isGrpcPort))
                    .filteredOn(rpc -> rpc.service().equals(LivestreamGrpc.SERVICE_NAME))
                    .hasSameSizeAs(LivestreamGrpc.getServiceDescriptor().getMethods())
                    .allMatch(rpc -> RpcPolicy.isListed(rpc.method()));
        }
        assertThat(RpcPolicy.needed("WhatIsAddedOneDay")).isEqualTo(Role.ADMIN);
    }

    @ParameterizedTest
    @CsvSource({"gproto,true", "gproto-web,true", "gproto-web-text,true", "gproto,false", "gproto-web,false"})
    void eachRpcAnswersThoseAloneThatMay(String format, boolean isGrpcPort) throws Exception {
        for (ServedRpc rpc : rpcs(isGrpcPort)) {
            for (Caller caller : callers.all()) {
                for (String stream : streamsFor(caller)) {
                    check(
                            RpcAnswer.of(stub(format, isGrpcPort, caller).getChannel(), rpc, stream),
                            caller,
                            rpc,
                            stream);
                }
            }
        }
        bothStreamsStillRun();
    }

    @Test
    void asJsonToo() throws Exception {
        List<ServedRpc> all = rpcs(false);
        assertThat(all).allMatch(rpc -> rpc.schema().getOptions().hasExtension(AnnotationsProto.http));
        for (Caller caller : callers.all()) {
            WebClient client = WebClient.builder(
                            "https://localhost:" + service.service().httpPort())
                    .factory(caller.connections())
                    .build();
            for (ServedRpc rpc : all) {
                for (String stream : streamsFor(caller)) {
                    check(RpcAnswer.of(client, caller, rpc, stream), caller, rpc, stream);
                }
            }
        }
        bothStreamsStillRun();
    }

    /** To nobody all streams are the same. */
    private static List<String> streamsFor(Caller caller) {
        return caller.who() == null ? List.of(ANOTHERS) : List.of(OWN, ANOTHERS);
    }

    private static void check(RpcAnswer answer, Caller caller, ServedRpc rpc, String stream) {
        assertThat(answer.code())
                .as("%s about %s by %s: %s", rpc, stream, caller, answer.text())
                .isEqualTo(expected(caller, rpc, stream));
        Identity who = caller.who();
        if (answer.code() == Status.Code.OK && who != null && !who.seesAll()) {
            assertThat(answer.text())
                    .as("%s about %s to %s", rpc, stream, caller)
                    .doesNotContain(ANOTHERS);
        }
    }

    private static Status.Code expected(Caller caller, ServedRpc rpc, String stream) {
        Status.Code answered = ANSWERED.getOrDefault(rpc.method(), Status.Code.OK);
        Role needed = needed(rpc);
        if (needed == null) {
            return answered;
        }
        Identity who = caller.who();
        if (who == null) {
            return Status.Code.UNAUTHENTICATED;
        }
        boolean isHis = OF_ALL.contains(rpc.method()) ? who.seesAll() : !rpc.namesStreams() || who.sees(stream);
        return who.role().covers(needed) && isHis ? answered : Status.Code.PERMISSION_DENIED;
    }

    /** Null: anybody. A service that nobody has thought of here is for administrators. */
    private static @Nullable Role needed(ServedRpc rpc) {
        return switch (rpc.service()) {
            case LivestreamGrpc.SERVICE_NAME -> RpcPolicy.needed(rpc.method());
            case HealthGrpc.SERVICE_NAME -> null;
            case REFLECTION, OLD_REFLECTION -> Role.VIEWER;
            default -> Role.ADMIN;
        };
    }

    private static void bothStreamsStillRun() {
        assertThat(stub("gproto", true, admin)
                        .listActiveStreams(ListActiveStreamsRequest.getDefaultInstance())
                        .getLiveIdsList())
                .containsExactlyInAnyOrder(OWN, ANOTHERS);
    }

    private static List<ServedRpc> rpcs(boolean isGrpcPort) throws ReflectiveOperationException {
        return isGrpcPort ? ServedRpc.onGrpcPort(service.service()) : ServedRpc.onHttpPort(service.service());
    }

    private static LivestreamBlockingStub stub(String format, boolean isGrpcPort, Caller caller) {
        int port = isGrpcPort ? service.service().grpcPort() : service.service().httpPort();
        return STUBS.computeIfAbsent(List.of(format, port, caller), unused -> {
            GrpcClientBuilder client = GrpcClients.builder(format + "+https://localhost:" + port + "/")
                    .factory(caller.connections());
            if (!caller.token().isEmpty()) {
                client.addHeader("authorization", "Bearer " + caller.token());
            }
            return client.build(LivestreamBlockingStub.class);
        });
    }
}
