// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.grpc;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.medicloud.service.health.Readiness;
import io.medicloud.service.http.SignedUrls;
import io.medicloud.service.metrics.LimitMetrics;
import io.medicloud.service.proto.DrainNodeRequest;
import io.medicloud.service.proto.GetPlaybackUrlRequest;
import io.medicloud.service.proto.GetPlaybackUrlResponse;
import io.medicloud.service.proto.GetSegmentUrlRequest;
import io.medicloud.service.proto.GetSegmentUrlResponse;
import io.medicloud.service.proto.GetStreamInfoRequest;
import io.medicloud.service.proto.GetStreamInfoResponse;
import io.medicloud.service.proto.GetStreamStatsRequest;
import io.medicloud.service.proto.GetThumbnailRequest;
import io.medicloud.service.proto.GetThumbnailResponse;
import io.medicloud.service.proto.HealthCheckRequest;
import io.medicloud.service.proto.HealthCheckResponse;
import io.medicloud.service.proto.HealthCheckResponse.ServingStatus;
import io.medicloud.service.proto.ListActiveStreamsRequest;
import io.medicloud.service.proto.ListActiveStreamsResponse;
import io.medicloud.service.proto.ListNodesRequest;
import io.medicloud.service.proto.ListNodesResponse;
import io.medicloud.service.proto.ListSegmentsRequest;
import io.medicloud.service.proto.ListSegmentsResponse;
import io.medicloud.service.proto.ListStreamsRequest;
import io.medicloud.service.proto.ListStreamsResponse;
import io.medicloud.service.proto.LivestreamGrpc;
import io.medicloud.service.proto.Node;
import io.medicloud.service.proto.StartPullStreamRequest;
import io.medicloud.service.proto.StartPullStreamResponse;
import io.medicloud.service.proto.StopPullStreamRequest;
import io.medicloud.service.proto.StopPullStreamResponse;
import io.medicloud.service.proto.StreamStats;
import io.medicloud.service.proto.UpdateStreamRequest;
import io.medicloud.service.proto.UpdateStreamResponse;
import io.medicloud.service.proto.WatchEventsRequest;
import io.medicloud.service.proto.WatchEventsResponse;
import io.medicloud.service.proto.WatchStreamStatsRequest;
import io.medicloud.service.proto.WatchStreamStatusRequest;
import io.medicloud.service.proto.WatchStreamStatusResponse;
import io.medicloud.service.security.CallLimits;
import io.medicloud.service.stream.Ingress;
import io.medicloud.service.stream.StreamException;
import io.medicloud.service.stream.StreamInfo;
import io.medicloud.service.stream.StreamRegistry;
import io.medicloud.service.thumbnail.Pictures;

/** {@code livestream.Livestream}, the interface of the clients that exist. Thread-safe. */
public final class LivestreamService extends LivestreamGrpc.LivestreamImplBase {
    private final StreamRegistry streams;
    private final RecordService record;
    private final StatsService stats;
    private final Readiness readiness;
    private final LimitMetrics metrics;
    private final Pictures pictures;
    private final SignedUrls urls;

    public LivestreamService(
            StreamRegistry streams,
            RecordService record,
            StatsService stats,
            Readiness readiness,
            LimitMetrics metrics,
            Pictures pictures,
            SignedUrls urls) {
        this.metrics = metrics;
        this.pictures = pictures;
        this.urls = urls;
        this.streams = streams;
        this.record = record;
        this.stats = stats;
        this.readiness = readiness;
    }

    @Override
    public void startPullStream(StartPullStreamRequest request, StreamObserver<StartPullStreamResponse> responses) {
        String client = CallLimits.client();
        answer(responses, () -> {
            StreamInfo info = streams.start(StartRequest.spec(request), client == null ? "" : client);
            return StartPullStreamResponse.newBuilder()
                    .setLiveId(info.liveId())
                    .setPort(info.port())
                    .setPassphrase(info.passphrase().reveal())
                    .build();
        });
    }

    @Override
    public void stopPullStream(StopPullStreamRequest request, StreamObserver<StopPullStreamResponse> responses) {
        streams.stop(request.getLiveId()).whenComplete((stopped, failure) -> {
            if (failure == null) {
                responses.onNext(StopPullStreamResponse.newBuilder()
                        .setIsSuccess(stopped)
                        .build());
                responses.onCompleted();
            } else {
                responses.onError(Status.INTERNAL.withCause(failure).asRuntimeException());
            }
        });
    }

    @Override
    public void updateStream(UpdateStreamRequest request, StreamObserver<UpdateStreamResponse> responses) {
        answer(
                responses,
                () -> UpdateRequest.response(request.getLiveId(), streams.update(UpdateRequest.update(request))));
    }

    @Override
    public void listActiveStreams(
            ListActiveStreamsRequest request, StreamObserver<ListActiveStreamsResponse> responses) {
        answer(
                responses,
                () -> ListActiveStreamsResponse.newBuilder()
                        .addAllLiveIds(streams.liveIds())
                        .setUnknownCallers(streams.unknownCallers())
                        .build());
    }

    @Override
    public void listStreams(ListStreamsRequest request, StreamObserver<ListStreamsResponse> responses) {
        answer(responses, () -> stats.list(request));
    }

    @Override
    public void getStreamStats(GetStreamStatsRequest request, StreamObserver<StreamStats> responses) {
        answer(responses, () -> stats.stats(request.getLiveId()));
    }

    @Override
    public void watchStreamStats(WatchStreamStatsRequest request, StreamObserver<StreamStats> responses) {
        try {
            stats.watch(request, (ServerCallStreamObserver<StreamStats>) responses);
        } catch (StreamException e) {
            responses.onError(refused(Statuses.of(e)));
        } catch (StatusRuntimeException e) {
            responses.onError(refused(e));
        }
    }

    @Override
    public void getStreamInfo(GetStreamInfoRequest request, StreamObserver<GetStreamInfoResponse> responses) {
        answer(responses, () -> {
            StreamInfo info = streams.info(request.getLiveId());
            GetStreamInfoResponse.Builder response = GetStreamInfoResponse.newBuilder()
                    .setPort(info.port())
                    .setPassphrase(info.passphrase().reveal())
                    .setState(info.state())
                    .setRejectedCallers(info.rejectedCallers())
                    .setStoredSegments(info.storedSegments())
                    .setLastFailure(info.lastFailure())
                    .setReceivedBytes(info.receivedBytes())
                    .setDroppedBytes(info.droppedBytes());
            if (info.ingress() instanceof Ingress.Pull pull) {
                response.setSourceUrl(pull.uri().toString());
            } else if (info.ingress() instanceof Ingress.Shared place) {
                response.setStreamId(place.resource());
            }
            return response.build();
        });
    }

    @Override
    public void watchStreamStatus(
            WatchStreamStatusRequest request, StreamObserver<WatchStreamStatusResponse> responses) {
        var call = (ServerCallStreamObserver<WatchStreamStatusResponse>) responses;
        StatusWatch watch = new StatusWatch(request.getLiveId(), call);
        call.setOnCancelHandler(watch::cancel);
        try {
            watch.takeRemoval(streams.watch(request.getLiveId(), watch));
        } catch (StreamException e) {
            responses.onError(refused(Statuses.of(e)));
        }
    }

    @Override
    public void watchEvents(WatchEventsRequest request, StreamObserver<WatchEventsResponse> responses) {
        try {
            record.watch(request, (ServerCallStreamObserver<WatchEventsResponse>) responses);
        } catch (StatusRuntimeException e) {
            responses.onError(refused(e));
        }
    }

    @Override
    public void listSegments(ListSegmentsRequest request, StreamObserver<ListSegmentsResponse> responses) {
        answer(responses, () -> record.list(request));
    }

    @Override
    public void getSegmentUrl(GetSegmentUrlRequest request, StreamObserver<GetSegmentUrlResponse> responses) {
        answer(responses, () -> record.url(request));
    }

    @Override
    public void getThumbnail(GetThumbnailRequest request, StreamObserver<GetThumbnailResponse> responses) {
        answer(responses, () -> ThumbnailMessages.find(pictures, request));
    }

    @Override
    public void getPlaybackUrl(GetPlaybackUrlRequest request, StreamObserver<GetPlaybackUrlResponse> responses) {
        answer(responses, () -> PlaybackMessages.of(urls, request));
    }

    @Override
    public void listNodes(ListNodesRequest request, StreamObserver<ListNodesResponse> responses) {
        responses.onError(Statuses.of(alone()));
    }

    @Override
    public void drainNode(DrainNodeRequest request, StreamObserver<Node> responses) {
        responses.onError(Statuses.of(alone()));
    }

    private static StreamException alone() {
        return new StreamException(StreamException.Kind.PRECONDITION, "cluster.nats: is not set, this node is alone");
    }

    @Override
    public void healthCheck(HealthCheckRequest request, StreamObserver<HealthCheckResponse> responses) {
        answer(responses, () -> {
            boolean isReady = readiness.isReady();
            return HealthCheckResponse.newBuilder()
                    .setStatus(isReady ? ServingStatus.SERVING : ServingStatus.NOT_SERVING)
                    .setMessage(isReady ? "ready" : String.join("; ", readiness.reasons()))
                    .build();
        });
    }

    private StatusRuntimeException refused(StatusRuntimeException why) {
        if (why.getStatus().getCode() == Status.Code.RESOURCE_EXHAUSTED) {
            metrics.onRefused(why.getStatus().getDescription());
        }
        return why;
    }

    private <T> void answer(StreamObserver<T> responses, Answer<T> answer) {
        T response;
        try {
            response = answer.get();
        } catch (StreamException e) {
            responses.onError(refused(Statuses.of(e)));
            return;
        } catch (StatusRuntimeException e) {
            responses.onError(refused(e));
            return;
        }
        responses.onNext(response);
        responses.onCompleted();
    }

    private interface Answer<T> {
        T get() throws StreamException;
    }
}
