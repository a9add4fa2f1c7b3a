// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.rest;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.EnumDescriptor;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.ServiceDescriptor;
import io.medicloud.service.security.Role;
import io.medicloud.service.security.RpcPolicy;
import java.util.Locale;
import java.util.stream.Collectors;

/** Writes the page that documents every rpc, message and field, from the proto and its comments. */
final class ApiPage {
    private static final String HEAD = """
            # API reference

            Written from [livestream.proto](../service/src/main/proto/livestream.proto) by `ApiPageTest`; it is read again by the build. What the API promises is in
            [interfaces.md](interfaces.md#grpc), who may call what in [security.md](security.md).

            Over gRPC and gRPC-Web each rpc is `/%1$s/NAME`; over HTTP it stands at the path given. Fields below 10 of the first six rpcs are those of the service before this one.

            """;

    private final ServiceDescriptor service;
    private final ProtoComments comments = ProtoComments.load();

    ApiPage(ServiceDescriptor service) {
        this.service = service;
    }

    String text() {
        StringBuilder text = new StringBuilder(HEAD.formatted(service.getFullName()));
        text.append("## Calls\n\n| rpc | request | answer | HTTP | needs | what |\n|---|---|---|---|---|---|\n");
        ApiRoutes.of(service).forEach(route -> text.append(row(route)));
        text.append("\n## Messages\n");
        service.getFile().getMessageTypes().forEach(message -> text.append(section(message)));
        return text.toString();
    }

    private String row(ApiRoutes.Route route) {
        var method = route.method();
        Role role = RpcPolicy.needed(method.getName());
        return "| `" + method.getName() + "` | " + link(method.getInputType()) + " | "
                + (route.isStream() ? "stream of " : "") + link(method.getOutputType()) + " | `" + route.verb() + " "
                + route.path() + "` | "
                + (role == null ? "nothing" : role.name().toLowerCase(Locale.ROOT)) + " | "
                + cell(comments.of(method.getFullName())) + " |\n";
    }

    private String section(Descriptor message) {
        String comment = comments.of(message.getFullName());
        StringBuilder text = new StringBuilder("\n### " + message.getName() + "\n");
        text.append(comment.isEmpty() ? "" : "\n" + comment + "\n");
        if (message.getFields().isEmpty()) {
            return text.append("\nNo fields.\n").toString();
        }
        text.append("\n| number | field | type | what |\n|---|---|---|---|\n");
        for (FieldDescriptor field : message.getFields()) {
            text.append("| " + field.getNumber() + " | `" + field.getName() + "` | " + type(field) + " | "
                    + cell(comments.of(field.getFullName())) + " |\n");
        }
        message.getEnumTypes().forEach(type -> text.append(values(type)));
        return text.toString();
    }

    private String values(EnumDescriptor type) {
        return type.getValues().stream()
                .map(this::value)
                .collect(Collectors.joining(
                        "",
                        "\n| number | `" + type.getContainingType().getName() + "." + type.getName()
                                + "` | what |\n|---|---|---|\n",
                        ""));
    }

    private String value(EnumValueDescriptor value) {
        // A value's full name leaves its type out (C++'s scopes).
        return "| " + value.getNumber() + " | `" + value.getName() + "` | "
                + cell(comments.of(value.getType().getFullName() + "." + value.getName())) + " |\n";
    }

    private static String type(FieldDescriptor field) {
        if (field.isMapField()) {
            return "map of " + type(field.getMessageType().findFieldByName("key")) + " to "
                    + type(field.getMessageType().findFieldByName("value"));
        }
        String name = switch (field.getJavaType()) {
            case MESSAGE -> link(field.getMessageType());
            case ENUM ->
                "`" + field.getEnumType().getContainingType().getName() + "."
                        + field.getEnumType().getName() + "`";
            default -> field.getType().name().toLowerCase(Locale.ROOT);
        };
        return (field.isRepeated() ? "repeated " : field.toProto().getProto3Optional() ? "optional " : "") + name;
    }

    private static String link(Descriptor message) {
        return "[" + message.getName() + "](#" + message.getName().toLowerCase(Locale.ROOT) + ")";
    }

    private static String cell(String text) {
        return text.replace("|", "\\|");
    }
}
