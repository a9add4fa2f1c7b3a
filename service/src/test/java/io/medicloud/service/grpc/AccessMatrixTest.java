// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.api.AnnotationsProto;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.MethodDescriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.Message;
import com.linecorp.armeria.client.WebClient;
import com.linecorp.armeria.client.grpc.GrpcClientBuilder;
import com.linecorp.armeria.client.grpc.GrpcClients;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.RequestHeaders;
import com.linecorp.armeria.common.RequestHeadersBuilder;
import com.linecorp.armeria.common.SplitHttpResponse;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.protobuf.ProtoUtils;
import io.medicloud.service.grpc.Callers.Caller;
import io.medicloud.service.proto.LivestreamGrpc;
import io.medicloud.service.proto.LivestreamGrpc.LivestreamBlockingStub;
import io.medicloud.service.proto.StartPullStreamRequest;
import io.medicloud.service.proto.StreamStats;
import io.medicloud.service.security.Identity;
import io.medicloud.service.security.Role;
import io.medicloud.service.security.RpcPolicy;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every rpc by everybody there is, over each of the ways in: what the policy allows, and nothing else. */
final class AccessMatrixTest {
    private static final List<MethodDescriptor> METHODS =
            StreamStats.getDescriptor().getFile().getServices().get(0).getMethods();

    /** They name no stream, and are about every one. */
    private static final Set<String> OF_ALL = Set.of("ListNodes", "DrainNode");

    @TempDir
    private static Path directory;

    private static Callers callers;
    private static ServiceUnderTest service;

    @BeforeAll
    static void start() throws Exception {
        callers = new Callers(directory);
        service = new ServiceUnderTest(directory, 4, callers.settings());
        MethodDescriptor list = METHODS.stream()
                .filter(method -> method.getName().equals("ListActiveStreams"))
                .findFirst()
                .orElseThrow();
        assertThat(code("gproto+https", callers.ofOldKey(), list)).isEqualTo(Status.Code.OK);
        Caller newKey = callers.rotate();
        // It is fetched when a token names it, some seconds after the last time.
        await().until(() -> code("gproto+https", newKey, list) == Status.Code.OK);
        // So that there is something to be told to those who watch.
        var unused = stub("gproto+https", newKey)
                .startPullStream(StartPullStreamRequest.newBuilder()
                        .setLiveId("studio-1")
                        .setPassphrase("0123456789")
                        .build());
    }

    @AfterAll
    static void stop() {
        service.close();
        callers.close();
    }

    @Test
    void thePolicyNamesEveryRpc() {
        assertThat(METHODS).allMatch(method -> RpcPolicy.isListed(method.getName()));
        assertThat(RpcPolicy.needed("WhatIsAddedOneDay")).isEqualTo(Role.ADMIN);
    }

    @ParameterizedTest
    @ValueSource(strings = {"gproto+https", "gproto-web+https"})
    void eachRpcAnswersThoseAloneThatMay(String way) throws Exception {
        for (MethodDescriptor method : METHODS) {
            for (Caller caller : callers.all()) {
                assertThat(refusal(code(way, caller, method)))
                        .as("%s by %s", method.getName(), caller)
                        .isEqualTo(expected(caller, method));
            }
        }
    }

    @Test
    void asJsonToo() {
        for (MethodDescriptor method : METHODS) {
            for (Caller caller : callers.all()) {
                int status = status(caller, method);
                Status.Code code = status == 401
                        ? Status.Code.UNAUTHENTICATED
                        : status == 403 ? Status.Code.PERMISSION_DENIED : Status.Code.OK;
                assertThat(code)
                        .as("%s %s by %s", method.getName(), status, caller)
                        .isEqualTo(expected(caller, method));
            }
        }
    }

    private static Status.Code expected(Caller caller, MethodDescriptor method) {
        Role needed = RpcPolicy.needed(method.getName());
        if (needed == null) {
            return Status.Code.OK;
        }
        Identity who = caller.who();
        if (who == null) {
            return Status.Code.UNAUTHENTICATED;
        }
        boolean namesStreams = method.getInputType().findFieldByName("live_id") != null
                || method.getInputType().findFieldByName("live_ids") != null
                || OF_ALL.contains(method.getName());
        return who.role().covers(needed) && (who.seesAll() || !namesStreams)
                ? Status.Code.OK
                : Status.Code.PERMISSION_DENIED;
    }

    /** What is refused for another reason was let through. */
    private static Status.Code refusal(Status.Code code) {
        return code == Status.Code.UNAUTHENTICATED || code == Status.Code.PERMISSION_DENIED ? code : Status.Code.OK;
    }

    private static Status.Code code(String way, Caller caller, MethodDescriptor method) throws Exception {
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
        ClientCall<Message, Message> asked = stub(way, caller)
                .getChannel()
                .newCall(call, CallOptions.DEFAULT.withDeadlineAfter(10, TimeUnit.SECONDS));
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
        // A watch that nothing has happened for is let through, too.
        Status.Code code =
                answered.completeOnTimeout(Status.Code.OK, 1, TimeUnit.SECONDS).get();
        asked.cancel("answered", null);
        return code;
    }

    private static LivestreamBlockingStub stub(String way, Caller caller) {
        int port = way.contains("web")
                ? service.service().httpPort()
                : service.service().grpcPort();
        GrpcClientBuilder client =
                GrpcClients.builder(way + "://localhost:" + port + "/").factory(caller.connections());
        if (!caller.token().isEmpty()) {
            client.addHeader("authorization", "Bearer " + caller.token());
        }
        return client.build(LivestreamBlockingStub.class);
    }

    private static int status(Caller caller, MethodDescriptor method) {
        var rule = method.getOptions().getExtension(AnnotationsProto.http);
        String path = (rule.getGet() + rule.getPost() + rule.getDelete() + rule.getPatch())
                .replace("{live_id}", "nobodys")
                .replace("{node_id}", "nobodys")
                .replace("{sequence}", "1");
        RequestHeadersBuilder headers = RequestHeaders.builder(
                        HttpMethod.valueOf(rule.getPatternCase().name()), path)
                .add("content-type", "application/json");
        if (!caller.token().isEmpty()) {
            headers.add("authorization", "Bearer " + caller.token());
        }
        String body = rule.getBody().isEmpty() ? "" : path.contains("nobodys") ? "{}" : "{\"live_id\": \"nobodys\"}";
        HttpResponse response = WebClient.builder(
                        "https://localhost:" + service.service().httpPort())
                .factory(caller.connections())
                .build()
                .execute(headers.build(), body.getBytes(StandardCharsets.UTF_8));
        SplitHttpResponse parts = response.split();
        int status = parts.headers().join().status().code();
        response.abort();
        return status;
    }
}
