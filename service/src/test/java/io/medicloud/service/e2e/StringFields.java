// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.e2e;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.MethodDescriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.Message;
import com.linecorp.armeria.client.grpc.GrpcClients;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.ProtoUtils;
import io.grpc.stub.ClientCalls;
import io.medicloud.service.proto.LivestreamGrpc;
import io.medicloud.service.proto.LivestreamGrpc.LivestreamBlockingStub;
import io.medicloud.service.proto.StopPullStreamRequest;
import io.medicloud.service.proto.StreamStats;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Every text that a client of the API may write, found in its descriptor, so that none is forgotten. */
final class StringFields {
    private static final List<MethodDescriptor> METHODS =
            StreamStats.getDescriptor().getFile().getServices().get(0).getMethods();

    /** A watch of something that does not happen ends by itself alone. */
    private static final int WATCHED_MS = 300;

    private static final String NOBODYS = "nobodys";
    private static final int LIMIT_MS = 20_000;

    private final LivestreamBlockingStub client;
    private final Channel channel;

    StringFields(int grpcPort) {
        this.client = GrpcClients.newClient("gproto+http://127.0.0.1:" + grpcPort + "/", LivestreamBlockingStub.class);
        this.channel = client.getChannel();
    }

    /** How a call was refused; of one that was not, {@code OK}. */
    record Outcome(String field, String code, String description) {}

    /** Calls every rpc, once for each of its texts, with that text in its place, and good ones in the others. */
    List<Outcome> write(String text) {
        List<Outcome> outcomes = new ArrayList<>();
        for (MethodDescriptor method : METHODS) {
            for (FieldDescriptor field : method.getInputType().getFields()) {
                if (field.getJavaType() == FieldDescriptor.JavaType.STRING) {
                    outcomes.add(call(method, field, text));
                    // What was started must not stand in the way of the next.
                    var unused = client.stopPullStream(StopPullStreamRequest.newBuilder()
                            .setLiveId(NOBODYS)
                            .build());
                }
            }
        }
        return outcomes;
    }

    private Outcome call(MethodDescriptor method, FieldDescriptor field, String text) {
        DynamicMessage.Builder request = DynamicMessage.newBuilder(method.getInputType());
        set(request, "live_id", NOBODYS);
        set(request, "passphrase", "0123456789abcdef");
        if (field.isRepeated()) {
            request.addRepeatedField(field, text);
        } else {
            request.setField(field, text);
        }
        String name = method.getName() + "." + field.getName();
        try {
            Iterator<Message> answers = ClientCalls.blockingServerStreamingCall(
                    channel,
                    described(method),
                    CallOptions.DEFAULT.withDeadlineAfter(
                            method.isServerStreaming() ? WATCHED_MS : LIMIT_MS, TimeUnit.MILLISECONDS),
                    request.build());
            boolean isAnswered = answers.hasNext();
            return new Outcome(name, "OK", isAnswered ? answers.next().toString() : "");
        } catch (StatusRuntimeException e) {
            return new Outcome(
                    name,
                    e.getStatus().getCode().name(),
                    String.valueOf(e.getStatus().getDescription()));
        }
    }

    private static void set(DynamicMessage.Builder request, String name, String value) {
        FieldDescriptor field = request.getDescriptorForType().findFieldByName(name);
        if (field != null && !field.isRepeated()) {
            request.setField(field, value);
        }
    }

    /** As a stream of answers also where there is one: on the wire it is the same. */
    private static io.grpc.MethodDescriptor<Message, Message> described(MethodDescriptor method) {
        return io.grpc.MethodDescriptor.<Message, Message>newBuilder()
                .setType(io.grpc.MethodDescriptor.MethodType.SERVER_STREAMING)
                .setFullMethodName(
                        io.grpc.MethodDescriptor.generateFullMethodName(LivestreamGrpc.SERVICE_NAME, method.getName()))
                .setRequestMarshaller(ProtoUtils.marshaller(DynamicMessage.getDefaultInstance(method.getInputType())))
                .setResponseMarshaller(ProtoUtils.marshaller(DynamicMessage.getDefaultInstance(method.getOutputType())))
                .build();
    }
}
