// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.grpc;

import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import org.jspecify.annotations.Nullable;

/** The first answer of several nodes that are asked at once; where none has one, the failure that says most. Thread-safe. */
final class FirstOf<A> {
    private final StreamObserver<A> to;
    private int awaited;
    private boolean isOver;
    private @Nullable StatusRuntimeException failure;

    /** @param awaited how many are asked */
    FirstOf(StreamObserver<A> to, int awaited) {
        this.to = to;
        this.awaited = awaited;
    }

    /** Takes a node's answer. */
    StreamObserver<A> one() {
        return new Part();
    }

    private synchronized boolean take() {
        boolean isFirst = !isOver;
        isOver = true;
        return isFirst;
    }

    /** Returns what is to be told now that nobody is awaited any more, if anything is. */
    private synchronized @Nullable StatusRuntimeException fail(StatusRuntimeException told) {
        StatusRuntimeException known = failure;
        if (known == null || weight(told) > weight(known)) {
            failure = told;
        }
        return --awaited == 0 && take() ? failure : null;
    }

    /** That one node knows of nothing says less than that another cannot be asked. */
    private static int weight(StatusRuntimeException told) {
        return switch (told.getStatus().getCode()) {
            case NOT_FOUND -> 0;
            case UNAVAILABLE, DEADLINE_EXCEEDED -> 1;
            default -> 2;
        };
    }

    private final class Part implements StreamObserver<A> {
        @Override
        public void onNext(A answer) {
            if (take()) {
                to.onNext(answer);
                to.onCompleted();
            }
        }

        @Override
        public void onError(Throwable why) {
            StatusRuntimeException last = fail(PassedOn.of(why));
            if (last != null) {
                to.onError(last);
            }
        }

        @Override
        public void onCompleted() {}
    }
}
