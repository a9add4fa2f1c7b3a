// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.grpc;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.MethodDescriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.Message;
import com.linecorp.armeria.server.Server;
import com.linecorp.armeria.server.grpc.GrpcService;
import io.grpc.protobuf.ProtoMethodDescriptorSupplier;
import io.grpc.protobuf.ProtoUtils;
import io.medicloud.service.Service;
import java.lang.reflect.Field;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;

/**
 * An rpc that a face serves, as its server has it: what is added there is here too.
 *
 * @param path the service as it is called, and the method
 */
record ServedRpc(String path, io.grpc.MethodDescriptor<?, ?> served) {
    /** Of routes that are gRPC's; others are JSON's. */
    private static final Pattern RPC = Pattern.compile("/[\\w.]+/\\w+");

    static final String PASSPHRASE = "0123456789abcdef";

    static List<ServedRpc> onGrpcPort(Service service) throws ReflectiveOperationException {
        return of(field(service, "grpc"));
    }

    static List<ServedRpc> onHttpPort(Service service) throws ReflectiveOperationException {
        return of(field(service, "http"));
    }

    /** What a face serves is nobody's business but a test's. */
    private static List<ServedRpc> of(Object face) throws ReflectiveOperationException {
        Map<String, ServedRpc> found = new LinkedHashMap<>();
        ((Server) field(face, "server"))
                .config().serviceConfigs().stream()
                        .map(config -> config.service().as(GrpcService.class))
                        .filter(Objects::nonNull)
                        .flatMap(grpc -> grpc.methodsByRoute().entrySet().stream())
                        .filter(method ->
                                RPC.matcher(method.getKey().patternString()).matches())
                        .forEach(method -> {
                            String path = method.getKey().patternString().substring(1);
                            found.put(
                                    path, new ServedRpc(path, method.getValue().getMethodDescriptor()));
                        });
        return List.copyOf(found.values());
    }

    private static Object field(Object of, String name) throws ReflectiveOperationException {
        Field field = of.getClass().getDeclaredField(name);
        field.setAccessible(true);
        return Objects.requireNonNull(field.get(of));
    }

    String service() {
        return path.substring(0, path.indexOf('/'));
    }

    String method() {
        return path.substring(path.indexOf('/') + 1);
    }

    MethodDescriptor schema() {
        return ((ProtoMethodDescriptorSupplier) Objects.requireNonNull(served.getSchemaDescriptor()))
                .getMethodDescriptor();
    }

    boolean namesStreams() {
        return schema().getInputType().findFieldByName("live_id") != null
                || schema().getInputType().findFieldByName("live_ids") != null;
    }

    /** As a client calls it. */
    io.grpc.MethodDescriptor<Message, Message> call() {
        return io.grpc.MethodDescriptor.<Message, Message>newBuilder()
                .setType(served.getType())
                .setFullMethodName(path)
                .setRequestMarshaller(ProtoUtils.marshaller(DynamicMessage.getDefaultInstance(schema().getInputType())))
                .setResponseMarshaller(
                        ProtoUtils.marshaller(DynamicMessage.getDefaultInstance(schema().getOutputType())))
                .build();
    }

    /** What it is asked about a stream; a stream that is to be stopped is one that is not there. */
    Map<String, Object> question(String stream) {
        Map<String, Object> question = new LinkedHashMap<>();
        Map<String, Object> known = Map.of(
                "live_id",
                method().equals("StopPullStream") ? stream + "-gone" : stream,
                "live_ids",
                List.of(stream),
                "passphrase",
                PASSPHRASE,
                "sequence",
                1L,
                "interval_ms",
                200,
                "node_id",
                "node-1",
                "list_services",
                "*");
        for (FieldDescriptor field : schema().getInputType().getFields()) {
            Object value = known.get(field.getName());
            if (value != null) {
                question.put(field.getName(), value);
            }
        }
        return question;
    }

    Message request(String stream) {
        DynamicMessage.Builder request = DynamicMessage.newBuilder(schema().getInputType());
        question(stream)
                .forEach((name, value) ->
                        request.setField(schema().getInputType().findFieldByName(name), value));
        return request.build();
    }

    @Override
    public String toString() {
        return path;
    }
}
