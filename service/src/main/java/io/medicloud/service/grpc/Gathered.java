// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.grpc;

import io.grpc.stub.StreamObserver;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** Answers of several nodes that become one; a failure of our own is the answer. Belongs to one thread. */
final class Gathered<A> implements StreamObserver<A> {
    private final StreamObserver<A> to;
    private final Function<Iterable<A>, A> join;
    private final List<A> answers = new ArrayList<>();
    private boolean isFailed;

    Gathered(StreamObserver<A> to, Function<Iterable<A>, A> join) {
        this.to = to;
        this.join = join;
    }

    @Override
    public void onNext(A answer) {
        answers.add(answer);
    }

    void add(A answer) {
        answers.add(answer);
    }

    @Override
    public void onError(Throwable failure) {
        isFailed = true;
        to.onError(failure);
    }

    @Override
    public void onCompleted() {}

    void end() {
        if (!isFailed) {
            to.onNext(join.apply(answers));
            to.onCompleted();
        }
    }
}
