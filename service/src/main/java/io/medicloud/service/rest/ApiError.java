// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.rest;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import io.grpc.Status;

/** What went wrong, over HTTP: gRPC's code, its name, and the message, in JSON. */
final class ApiError {
    private ApiError() {}

    static String json(Status status) {
        String message = status.getDescription();
        return JsonNodeFactory.instance
                .objectNode()
                .put("code", status.getCode().value())
                .put("grpc-code", status.getCode().name())
                .put("message", message == null ? "" : message)
                .toString();
    }

    static HttpResponse response(Status status) {
        return HttpResponse.of(httpStatus(status), MediaType.JSON_UTF_8, HttpData.ofUtf8(json(status)));
    }

    /** As {@code google.rpc.Code} maps them. */
    static HttpStatus httpStatus(Status status) {
        return switch (status.getCode()) {
            case OK -> HttpStatus.OK;
            case INVALID_ARGUMENT, FAILED_PRECONDITION, OUT_OF_RANGE -> HttpStatus.BAD_REQUEST;
            case UNAUTHENTICATED -> HttpStatus.UNAUTHORIZED;
            case PERMISSION_DENIED -> HttpStatus.FORBIDDEN;
            case NOT_FOUND -> HttpStatus.NOT_FOUND;
            case ALREADY_EXISTS, ABORTED -> HttpStatus.CONFLICT;
            case RESOURCE_EXHAUSTED -> HttpStatus.TOO_MANY_REQUESTS;
            case CANCELLED -> HttpStatus.valueOf(499);
            case UNIMPLEMENTED -> HttpStatus.NOT_IMPLEMENTED;
            case UNAVAILABLE -> HttpStatus.SERVICE_UNAVAILABLE;
            case DEADLINE_EXCEEDED -> HttpStatus.GATEWAY_TIMEOUT;
            case UNKNOWN, INTERNAL, DATA_LOSS -> HttpStatus.INTERNAL_SERVER_ERROR;
        };
    }
}
