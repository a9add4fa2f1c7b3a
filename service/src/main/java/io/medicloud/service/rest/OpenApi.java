// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.rest;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.EnumDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.ServiceDescriptor;
import java.util.List;
import java.util.Locale;

/** Describes the API over HTTP as an OpenAPI document (3.0.3), from the proto, its annotations and its comments. */
final class OpenApi {
    private static final String ERROR = "Error";

    private final ServiceDescriptor service;
    private final List<ApiRoutes.Route> routes;
    private final ProtoComments comments = ProtoComments.load();
    private final ObjectNode schemas = object();

    OpenApi(ServiceDescriptor service, List<ApiRoutes.Route> routes) {
        this.service = service;
        this.routes = routes;
    }

    String json() {
        ObjectNode document = object().put("openapi", "3.0.3");
        document.putObject("info")
                .put("title", service.getFullName())
                .put("version", "v1")
                .put("description", comments.of(service.getFullName()));
        ObjectNode paths = document.putObject("paths");
        for (ApiRoutes.Route route : routes) {
            paths.withObjectProperty(route.path()).set(route.verb().toLowerCase(Locale.ROOT), operation(route));
        }
        ObjectNode error = schemas.putObject(ERROR).put("type", "object");
        error.withObjectProperty("properties").putObject("code").put("type", "integer");
        error.withObjectProperty("properties").putObject("grpc-code").put("type", "string");
        error.withObjectProperty("properties").putObject("message").put("type", "string");
        document.putObject("components").set("schemas", schemas);
        return document.toPrettyString();
    }

    private ObjectNode operation(ApiRoutes.Route route) {
        ObjectNode operation = object().put("operationId", route.method().getName());
        String comment = comments.of(route.method().getFullName());
        operation.put("description", comment);
        Descriptor request = route.method().getInputType();
        ArrayNode parameters = operation.putArray("parameters");
        for (FieldDescriptor field : request.getFields()) {
            boolean isInPath = route.pathFields().contains(field.getName());
            if (isInPath || !route.hasBody()) {
                parameters.add(parameter(field, isInPath));
            }
        }
        if (route.hasBody()) {
            content(operation.putObject("requestBody").put("required", true), "application/json", request);
        }
        ObjectNode responses = operation.putObject("responses");
        ObjectNode good =
                responses.putObject("200").put("description", route.isStream() ? "An event each." : "The answer.");
        content(
                good,
                route.isStream() ? "text/event-stream" : "application/json",
                route.method().getOutputType());
        ObjectNode bad = responses.putObject("default").put("description", "gRPC's code, its name, and a message.");
        bad.putObject("content")
                .putObject("application/json")
                .putObject("schema")
                .put("$ref", reference(ERROR));
        return operation;
    }

    private ObjectNode parameter(FieldDescriptor field, boolean isInPath) {
        ObjectNode parameter = object().put("name", field.getName())
                .put("in", isInPath ? "path" : "query")
                .put("description", comments.of(field.getFullName()));
        if (isInPath) {
            parameter.put("required", true);
        }
        parameter.set("schema", schema(field));
        return parameter;
    }

    private void content(ObjectNode place, String type, Descriptor message) {
        place.putObject("content").putObject(type).putObject("schema").put("$ref", message(message));
    }

    private ObjectNode schema(FieldDescriptor field) {
        if (field.isMapField()) {
            ObjectNode map = object().put("type", "object");
            map.set("additionalProperties", single(field.getMessageType().findFieldByName("value")));
            return map;
        }
        ObjectNode one = single(field);
        if (!field.isRepeated()) {
            return one;
        }
        ObjectNode many = object().put("type", "array");
        many.set("items", one);
        return many;
    }

    /** As protobuf's JSON has them: 64 bits are strings, enums are names. */
    private ObjectNode single(FieldDescriptor field) {
        return switch (field.getType()) {
            case MESSAGE, GROUP -> object().put("$ref", message(field.getMessageType()));
            case ENUM -> enumeration(field.getEnumType());
            case BOOL -> object().put("type", "boolean");
            case STRING -> object().put("type", "string");
            case BYTES -> object().put("type", "string").put("format", "byte");
            case DOUBLE -> object().put("type", "number").put("format", "double");
            case FLOAT -> object().put("type", "number").put("format", "float");
            case INT32, SINT32, SFIXED32 -> object().put("type", "integer").put("format", "int32");
            case UINT32, FIXED32 ->
                object().put("type", "integer").put("format", "int64").put("minimum", 0);
            case INT64, SINT64, SFIXED64 -> object().put("type", "string").put("format", "int64");
            case UINT64, FIXED64 -> object().put("type", "string").put("format", "uint64");
        };
    }

    private static ObjectNode enumeration(EnumDescriptor type) {
        ObjectNode schema = object().put("type", "string");
        ArrayNode names = schema.putArray("enum");
        type.getValues().forEach(value -> names.add(value.getName()));
        return schema;
    }

    /** Describes a message once; returns where. */
    private String message(Descriptor type) {
        String name = type.getName();
        if (!schemas.has(name)) {
            ObjectNode schema = schemas.putObject(name).put("type", "object");
            schema.put("description", comments.of(type.getFullName()));
            ObjectNode properties = schema.putObject("properties");
            for (FieldDescriptor field : type.getFields()) {
                ObjectNode property = schema(field);
                String comment = comments.of(field.getFullName());
                // What stands beside a reference is not read.
                if (!comment.isEmpty() && !property.has("$ref")) {
                    property.put("description", comment);
                }
                properties.set(field.getJsonName(), property);
            }
        }
        return reference(name);
    }

    private static String reference(String name) {
        return "#/components/schemas/" + name;
    }

    private static ObjectNode object() {
        return JsonNodeFactory.instance.objectNode();
    }
}
