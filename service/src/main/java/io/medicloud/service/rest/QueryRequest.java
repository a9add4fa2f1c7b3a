// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.rest;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.util.JsonFormat;
import com.linecorp.armeria.common.QueryParams;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads a request from the path and the query of an address; fields go by their names in the proto or in JSON. */
final class QueryRequest {
    private QueryRequest() {}

    /** @throws IllegalArgumentException if there is no such field, or it cannot have that value; the message names it */
    static void read(Message.Builder request, Map<String, String> path, QueryParams query) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        path.forEach((name, value) -> put(json, request.getDescriptorForType(), name, List.of(value)));
        for (String name : query.names()) {
            put(json, request.getDescriptorForType(), name, query.getAll(name));
        }
        try {
            JsonFormat.parser().merge(json.toString(), request);
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalArgumentException("the query cannot be read: " + e.getMessage(), e);
        }
    }

    private static void put(ObjectNode json, Descriptor type, String name, List<String> values) {
        FieldDescriptor field = find(type, name);
        if (field == null) {
            throw new IllegalArgumentException(name + ": there is no field of that name");
        }
        if (field.isRepeated()) {
            values.forEach(json.withArray("/" + field.getName())::add);
        } else {
            json.put(field.getName(), values.get(values.size() - 1));
        }
    }

    private static @Nullable FieldDescriptor find(Descriptor type, String name) {
        for (FieldDescriptor field : type.getFields()) {
            if (field.getName().equals(name) || field.getJsonName().equals(name)) {
                return field;
            }
        }
        return null;
    }
}
