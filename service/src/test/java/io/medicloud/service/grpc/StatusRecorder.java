// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.grpc;

import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import io.medicloud.service.proto.LivestreamGrpc.LivestreamStub;
import io.medicloud.service.proto.WatchStreamStatusRequest;
import io.medicloud.service.proto.WatchStreamStatusResponse;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** One who watches a stream and remembers. */
final class StatusRecorder implements StreamObserver<WatchStreamStatusResponse> {
    private final List<Boolean> statuses = new CopyOnWriteArrayList<>();
    private volatile boolean isCompleted;
    private volatile Status.@Nullable Code failure;

    static StatusRecorder watch(ServiceUnderTest service, String liveId) {
        StatusRecorder recorder = new StatusRecorder();
        service.client(LivestreamStub.class)
                .watchStreamStatus(
                        WatchStreamStatusRequest.newBuilder().setLiveId(liveId).build(), recorder);
        return recorder;
    }

    List<Boolean> statuses() {
        return List.copyOf(statuses);
    }

    boolean isCompleted() {
        return isCompleted;
    }

    Status.@Nullable Code failure() {
        return failure;
    }

    @Override
    public void onNext(WatchStreamStatusResponse response) {
        statuses.add(response.getIsStreaming());
    }

    @Override
    public void onError(Throwable cause) {
        failure = Status.fromThrowable(cause).getCode();
    }

    @Override
    public void onCompleted() {
        isCompleted = true;
    }
}
