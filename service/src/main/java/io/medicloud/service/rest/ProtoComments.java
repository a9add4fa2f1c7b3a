// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.rest;

import com.google.protobuf.DescriptorProtos.DescriptorProto;
import com.google.protobuf.DescriptorProtos.EnumDescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorSet;
import com.google.protobuf.DescriptorProtos.ServiceDescriptorProto;
import com.google.protobuf.DescriptorProtos.SourceCodeInfo.Location;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The comments of our proto, by the full names of what they stand before; from the descriptor set that the build writes. */
final class ProtoComments {
    private static final String FILE = "livestream.proto";
    private static final String SET = "/META-INF/armeria/grpc/livestream.dsc";

    private final Map<String, String> byName = new HashMap<>();

    private ProtoComments() {}

    static ProtoComments load() {
        ProtoComments comments = new ProtoComments();
        try (InputStream in = ProtoComments.class.getResourceAsStream(SET)) {
            if (in == null) {
                throw new IllegalStateException(SET + " is missing; the build writes it");
            }
            FileDescriptorSet.parseFrom(in).getFileList().stream()
                    .filter(file -> file.getName().equals(FILE))
                    .forEach(comments::read);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return comments;
    }

    /** Empty if there is none. */
    String of(String fullName) {
        return byName.getOrDefault(fullName, "");
    }

    private void read(FileDescriptorProto file) {
        for (Location location : file.getSourceCodeInfo().getLocationList()) {
            String text = location.getLeadingComments().strip().replaceAll("\\s*\n\\s*", " ");
            String name = text.isEmpty() ? "" : nameOf(file, location.getPathList());
            if (!name.isEmpty()) {
                byName.put(file.getPackage() + "." + name, text);
            }
        }
    }

    /** Paths are pairs of a field's number in {@code descriptor.proto} and an index. */
    private static String nameOf(FileDescriptorProto file, List<Integer> path) {
        if (path.size() < 2) {
            return "";
        }
        if (path.get(0) == FileDescriptorProto.SERVICE_FIELD_NUMBER) {
            ServiceDescriptorProto service = file.getService(path.get(1));
            return path.size() == 4 && path.get(2) == ServiceDescriptorProto.METHOD_FIELD_NUMBER
                    ? service.getName() + "." + service.getMethod(path.get(3)).getName()
                    : path.size() == 2 ? service.getName() : "";
        }
        if (path.get(0) == FileDescriptorProto.MESSAGE_TYPE_FIELD_NUMBER) {
            DescriptorProto message = file.getMessageType(path.get(1));
            if (path.size() == 6 && path.get(2) == DescriptorProto.ENUM_TYPE_FIELD_NUMBER) {
                EnumDescriptorProto type = message.getEnumType(path.get(3));
                return message.getName() + "." + type.getName() + "."
                        + type.getValue(path.get(5)).getName();
            }
            return path.size() == 4 && path.get(2) == DescriptorProto.FIELD_FIELD_NUMBER
                    ? message.getName() + "." + message.getField(path.get(3)).getName()
                    : path.size() == 2 ? message.getName() : "";
        }
        return "";
    }
}
