// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.rest;

import com.google.api.AnnotationsProto;
import com.google.api.HttpRule;
import com.google.protobuf.Descriptors.MethodDescriptor;
import com.google.protobuf.Descriptors.ServiceDescriptor;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Where the rpcs of a service stand in HTTP, as its annotations ({@code google.api.http}) say. */
final class ApiRoutes {
    private ApiRoutes() {}

    /**
     * One route.
     *
     * @param verb {@code GET}, {@code POST}, …
     * @param path with the fields of the request that stand in it in braces
     * @param hasBody whether the request is the body; else what is not in the path is in the query
     */
    record Route(MethodDescriptor method, String verb, String path, boolean hasBody) {
        /** The names of the fields in the path. */
        List<String> pathFields() {
            List<String> names = new ArrayList<>();
            for (String part : path.split("/", -1)) {
                if (part.startsWith("{")) {
                    names.add(part.substring(1, part.length() - 1));
                }
            }
            return names;
        }

        boolean isStream() {
            return method.isServerStreaming();
        }
    }

    /** In the order of the service. */
    static List<Route> of(ServiceDescriptor service) {
        List<Route> routes = new ArrayList<>();
        for (MethodDescriptor method : service.getMethods()) {
            if (method.getOptions().hasExtension(AnnotationsProto.http)) {
                routes.add(route(method, method.getOptions().getExtension(AnnotationsProto.http)));
            }
        }
        return routes;
    }

    private static Route route(MethodDescriptor method, HttpRule rule) {
        String path = switch (rule.getPatternCase()) {
            case GET -> rule.getGet();
            case PUT -> rule.getPut();
            case POST -> rule.getPost();
            case DELETE -> rule.getDelete();
            case PATCH -> rule.getPatch();
            default -> throw new IllegalArgumentException(method.getFullName() + ": has no path");
        };
        String verb = rule.getPatternCase().name().toUpperCase(Locale.ROOT);
        return new Route(method, verb, path, rule.getBody().equals("*"));
    }
}
