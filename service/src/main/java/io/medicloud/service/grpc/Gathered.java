// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.grpc;

import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Answers of several nodes, asked at once, that become one; a failure of our own is the answer, another node's is told in the log. Thread-safe. */
final class Gathered<A> {
    private static final Logger LOG = LoggerFactory.getLogger(Gathered.class);

    private final StreamObserver<A> to;
    private final Function<Iterable<A>, A> join;
    private final List<A> answers = new ArrayList<>();
    private int awaited;
    private boolean isOver;

    /** @param awaited how many are asked */
    Gathered(StreamObserver<A> to, Function<Iterable<A>, A> join, int awaited) {
        this.to = to;
        this.join = join;
        this.awaited = awaited;
    }

    /** Takes our own answer. */
    StreamObserver<A> own() {
        return new Part("");
    }

    /** Takes that of another node. */
    StreamObserver<A> of(String nodeId) {
        return new Part(nodeId);
    }

    private void onEnd(@Nullable Throwable ownFailure) {
        A answer = null;
        synchronized (this) {
            awaited--;
            if (isOver || (ownFailure == null && awaited > 0)) {
                return;
            }
            isOver = true;
            if (ownFailure == null) {
                answer = join.apply(answers);
            }
        }
        if (ownFailure != null) {
            to.onError(ownFailure);
        } else {
            to.onNext(answer);
            to.onCompleted();
        }
    }

    private final class Part implements StreamObserver<A> {
        private final String nodeId;

        Part(String nodeId) {
            this.nodeId = nodeId;
        }

        @Override
        public void onNext(A answer) {
            synchronized (Gathered.this) {
                answers.add(answer);
            }
        }

        @Override
        public void onError(Throwable failure) {
            if (nodeId.isEmpty()) {
                onEnd(failure);
                return;
            }
            Status status = Status.fromThrowable(failure);
            boolean isUnknownThere = status.getCode() == Status.Code.UNAUTHENTICATED;
            LOG.warn(
                    "{} does not say what it has: {}{}",
                    nodeId,
                    status,
                    isUnknownThere ? "; all nodes must know the same callers" : "");
            onEnd(null);
        }

        @Override
        public void onCompleted() {
            onEnd(null);
        }
    }
}
