// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.grpc;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import io.medicloud.service.cluster.NodeEntry;
import io.medicloud.service.node.ClusterMember;
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
import io.medicloud.service.proto.ListActiveStreamsRequest;
import io.medicloud.service.proto.ListActiveStreamsResponse;
import io.medicloud.service.proto.ListSegmentsRequest;
import io.medicloud.service.proto.ListSegmentsResponse;
import io.medicloud.service.proto.ListStreamsRequest;
import io.medicloud.service.proto.ListStreamsResponse;
import io.medicloud.service.proto.LivestreamGrpc;
import io.medicloud.service.proto.LivestreamGrpc.LivestreamStub;
import io.medicloud.service.proto.StartPullStreamRequest;
import io.medicloud.service.proto.StartPullStreamResponse;
import io.medicloud.service.proto.StopPullStreamRequest;
import io.medicloud.service.proto.StopPullStreamResponse;
import io.medicloud.service.proto.StreamStats;
import io.medicloud.service.proto.StreamSummary;
import io.medicloud.service.proto.UpdateStreamRequest;
import io.medicloud.service.proto.UpdateStreamResponse;
import io.medicloud.service.proto.WatchEventsRequest;
import io.medicloud.service.proto.WatchEventsResponse;
import io.medicloud.service.proto.WatchStreamStatsRequest;
import io.medicloud.service.proto.WatchStreamStatusRequest;
import io.medicloud.service.proto.WatchStreamStatusResponse;
import io.medicloud.service.stream.StreamException;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The API of many nodes: what is asked of a stream is answered by the node that owns it, and lists are those of all. Thread-safe. */
public final class ClusterService extends LivestreamGrpc.LivestreamImplBase implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ClusterService.class);
    private static final Duration LIST_PATIENCE = Duration.ofSeconds(3);
    private static final String OVER = "ENDED";

    private final LivestreamService local;
    private final ClusterMember member;
    private final ClusterStarts starts;
    private final Peers peers;

    /**
     * @param local answers for this node's own streams
     * @param hasTls other nodes are reached over TLS, as this one is
     */
    public ClusterService(LivestreamService local, ClusterMember member, ClusterStarts starts, boolean hasTls) {
        this.local = local;
        this.member = member;
        this.starts = starts;
        this.peers = new Peers(hasTls, member.nodeId());
    }

    private interface There<Q, A> {
        void call(LivestreamStub stub, Q request, StreamObserver<A> responses);
    }

    private interface Here<Q, A> {
        void call(Q request, StreamObserver<A> responses);
    }

    private <Q, A> void route(
            String liveId, Q request, StreamObserver<A> responses, Here<Q, A> here, There<Q, A> there) {
        NodeEntry owner = Peers.isPassedOn() ? null : member.ownerOf(liveId);
        if (owner == null || member.isSelf(owner)) {
            here.call(request, responses);
        } else {
            there.call(peers.of(owner), request, new PassedOn<Q, A>(responses));
        }
    }

    @Override
    public void startPullStream(StartPullStreamRequest request, StreamObserver<StartPullStreamResponse> responses) {
        try {
            NodeEntry owner = null;
            if (!Peers.isPassedOn()) {
                owner = starts.place(request);
            }
            if (owner == null || member.isSelf(owner)) {
                responses.onNext(starts.opened(request));
                responses.onCompleted();
            } else {
                peers.of(owner).startPullStream(request, new PassedOn<>(responses));
            }
        } catch (StreamException e) {
            responses.onError(Statuses.of(e));
        }
    }

    @Override
    public void stopPullStream(StopPullStreamRequest request, StreamObserver<StopPullStreamResponse> responses) {
        NodeEntry owner = Peers.isPassedOn() ? null : member.ownerOf(request.getLiveId());
        if (owner != null && !member.isSelf(owner)) {
            peers.of(owner).stopPullStream(request, new PassedOn<>(responses));
            return;
        }
        try {
            responses.onNext(StopPullStreamResponse.newBuilder()
                    .setIsSuccess(starts.stop(request.getLiveId()))
                    .build());
            responses.onCompleted();
        } catch (StreamException e) {
            responses.onError(Statuses.of(e));
        }
    }

    @Override
    public void updateStream(UpdateStreamRequest request, StreamObserver<UpdateStreamResponse> responses) {
        route(request.getLiveId(), request, responses, local::updateStream, LivestreamStub::updateStream);
    }

    @Override
    public void getStreamInfo(GetStreamInfoRequest request, StreamObserver<GetStreamInfoResponse> responses) {
        route(request.getLiveId(), request, responses, local::getStreamInfo, LivestreamStub::getStreamInfo);
    }

    @Override
    public void getStreamStats(GetStreamStatsRequest request, StreamObserver<StreamStats> responses) {
        route(request.getLiveId(), request, responses, local::getStreamStats, LivestreamStub::getStreamStats);
    }

    @Override
    public void watchStreamStats(WatchStreamStatsRequest request, StreamObserver<StreamStats> responses) {
        route(request.getLiveId(), request, responses, local::watchStreamStats, LivestreamStub::watchStreamStats);
    }

    @Override
    public void watchStreamStatus(
            WatchStreamStatusRequest request, StreamObserver<WatchStreamStatusResponse> responses) {
        route(request.getLiveId(), request, responses, local::watchStreamStatus, LivestreamStub::watchStreamStatus);
    }

    @Override
    public void listSegments(ListSegmentsRequest request, StreamObserver<ListSegmentsResponse> responses) {
        route(request.getLiveId(), request, responses, local::listSegments, LivestreamStub::listSegments);
    }

    @Override
    public void getSegmentUrl(GetSegmentUrlRequest request, StreamObserver<GetSegmentUrlResponse> responses) {
        route(request.getLiveId(), request, responses, local::getSegmentUrl, LivestreamStub::getSegmentUrl);
    }

    @Override
    public void getThumbnail(GetThumbnailRequest request, StreamObserver<GetThumbnailResponse> responses) {
        route(request.getLiveId(), request, responses, local::getThumbnail, LivestreamStub::getThumbnail);
    }

    @Override
    public void getPlaybackUrl(GetPlaybackUrlRequest request, StreamObserver<GetPlaybackUrlResponse> responses) {
        local.getPlaybackUrl(request, responses);
    }

    @Override
    public void healthCheck(HealthCheckRequest request, StreamObserver<HealthCheckResponse> responses) {
        local.healthCheck(request, responses);
    }

    @Override
    public void watchEvents(WatchEventsRequest request, StreamObserver<WatchEventsResponse> responses) {
        local.watchEvents(request, responses);
    }

    @Override
    public void listStreams(ListStreamsRequest request, StreamObserver<ListStreamsResponse> responses) {
        gather(request, responses, local::listStreams, stub -> stub.listStreams(request), all -> {
            Map<String, StreamSummary> found = new TreeMap<>();
            for (ListStreamsResponse one : all) {
                for (StreamSummary stream : one.getStreamsList()) {
                    // One that ended here may be open elsewhere.
                    found.merge(
                            stream.getLiveId(), stream, (a, b) -> a.getState().equals(OVER) ? b : a);
                }
            }
            return ListStreamsResponse.newBuilder()
                    .addAllStreams(found.values())
                    .build();
        });
    }

    @Override
    public void listActiveStreams(
            ListActiveStreamsRequest request, StreamObserver<ListActiveStreamsResponse> responses) {
        gather(request, responses, local::listActiveStreams, stub -> stub.listActiveStreams(request), all -> {
            TreeSet<String> ids = new TreeSet<>();
            long unknown = 0;
            for (ListActiveStreamsResponse one : all) {
                ids.addAll(one.getLiveIdsList());
                unknown += one.getUnknownCallers();
            }
            return ListActiveStreamsResponse.newBuilder()
                    .addAllLiveIds(ids)
                    .setUnknownCallers(unknown)
                    .build();
        });
    }

    private <Q, A> void gather(
            Q request,
            StreamObserver<A> responses,
            Here<Q, A> here,
            Function<LivestreamGrpc.LivestreamBlockingStub, A> there,
            Function<Iterable<A>, A> join) {
        if (Peers.isPassedOn()) {
            here.call(request, responses);
            return;
        }
        Gathered<A> all = new Gathered<>(responses, join);
        here.call(request, all);
        for (NodeEntry node : member.others()) {
            try {
                all.add(there.apply(peers.blocking(node, LIST_PATIENCE)));
            } catch (StatusRuntimeException e) {
                LOG.warn("{} does not list its streams: {}", node.nodeId(), e.getStatus());
                if (e.getStatus().getCode() == Status.Code.UNAUTHENTICATED) {
                    LOG.warn("all nodes must know the same callers");
                }
            }
        }
        all.end();
    }

    @Override
    public void close() {
        peers.close();
    }
}
