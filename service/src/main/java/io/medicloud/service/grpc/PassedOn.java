// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.grpc;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** Passes the answers of another node on, no faster than the client takes them; what the client ends is ended there. */
final class PassedOn<Q, A> implements ClientResponseObserver<Q, A> {
    private final StreamObserver<A> to;
    private final AtomicBoolean isOneDue = new AtomicBoolean();
    private volatile @Nullable ClientCallStreamObserver<Q> call;

    PassedOn(StreamObserver<A> to) {
        this.to = to;
        if (to instanceof ServerCallStreamObserver<A> server) {
            server.setOnCancelHandler(this::cancel);
            server.setOnReadyHandler(this::askOn);
        }
    }

    private void cancel() {
        ClientCallStreamObserver<Q> under = call;
        if (under != null) {
            under.cancel("the client is gone", null);
        }
    }

    @Override
    public void beforeStart(ClientCallStreamObserver<Q> begun) {
        begun.disableAutoRequestWithInitial(1);
        call = begun;
    }

    @Override
    public void onNext(A answer) {
        to.onNext(answer);
        isOneDue.set(true);
        askOn();
    }

    private void askOn() {
        ClientCallStreamObserver<Q> under = call;
        boolean isReady = !(to instanceof ServerCallStreamObserver<A> server) || server.isReady();
        if (under != null && isReady && isOneDue.compareAndSet(true, false)) {
            under.request(1);
        }
    }

    @Override
    public void onError(Throwable failure) {
        to.onError(of(failure));
    }

    @Override
    public void onCompleted() {
        to.onCompleted();
    }

    /** What the client is told: the other node's status as it is, and that it cannot be reached as what may pass. */
    static StatusRuntimeException of(Throwable failure) {
        Status status = Status.fromThrowable(failure);
        return status.getCode() == Status.Code.UNKNOWN && status.getDescription() == null
                ? Status.UNAVAILABLE
                        .withDescription("the stream's node does not answer; try again")
                        .asRuntimeException()
                : status.asRuntimeException();
    }
}
