// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.grpc;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.medicloud.service.stream.StreamException;

/** Says what went wrong in gRPC's own codes. */
final class Statuses {
    private Statuses() {}

    static StatusRuntimeException of(StreamException failure) {
        Status status = switch (failure.kind()) {
            case INVALID -> Status.INVALID_ARGUMENT;
            case ALREADY_EXISTS -> Status.ALREADY_EXISTS;
            case NOT_FOUND -> Status.NOT_FOUND;
            case EXHAUSTED -> Status.RESOURCE_EXHAUSTED;
            case PRECONDITION -> Status.FAILED_PRECONDITION;
            case UNAVAILABLE -> Status.UNAVAILABLE;
        };
        return status.withDescription(failure.getMessage()).asRuntimeException();
    }
}
