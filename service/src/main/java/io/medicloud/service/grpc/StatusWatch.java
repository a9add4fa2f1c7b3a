// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.grpc;

import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.medicloud.service.proto.WatchStreamStatusResponse;
import io.medicloud.service.stream.StatusSink;
import org.jspecify.annotations.Nullable;

/** One WatchStreamStatus call: true once media flows, false at the stream's end, and then no more; UNAVAILABLE if the stream goes on, but not here. Thread-safe. */
final class StatusWatch implements StatusSink {
    private final String liveId;
    private final ServerCallStreamObserver<WatchStreamStatusResponse> call;
    private @Nullable Runnable removal;
    private boolean isCancelled;

    StatusWatch(String liveId, ServerCallStreamObserver<WatchStreamStatusResponse> call) {
        this.liveId = liveId;
        this.call = call;
    }

    /** How this watch is taken off the stream. */
    void takeRemoval(Runnable how) {
        boolean isLate;
        synchronized (this) {
            removal = how;
            isLate = isCancelled;
        }
        if (isLate) {
            how.run();
        }
    }

    /** The client is gone. */
    void cancel() {
        Runnable how;
        synchronized (this) {
            isCancelled = true;
            how = removal;
        }
        if (how != null) {
            how.run();
        }
    }

    @Override
    public void onStreaming() {
        if (!call.isCancelled()) {
            call.onNext(status(true));
        }
    }

    @Override
    public void onEnded() {
        if (!call.isCancelled()) {
            call.onNext(status(false));
            call.onCompleted();
        }
    }

    @Override
    public void onLeft() {
        if (!call.isCancelled()) {
            call.onError(Status.UNAVAILABLE
                    .withDescription("the service ends, and the stream goes on: watch it again")
                    .asRuntimeException());
        }
    }

    private WatchStreamStatusResponse status(boolean isStreaming) {
        return WatchStreamStatusResponse.newBuilder()
                .setLiveId(liveId)
                .setIsStreaming(isStreaming)
                .build();
    }
}
