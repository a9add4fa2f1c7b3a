// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.grpc;

import io.grpc.stub.StreamObserver;
import io.medicloud.service.cluster.NodeEntry;
import io.medicloud.service.cluster.NodeState;
import io.medicloud.service.cluster.StreamEntry;
import io.medicloud.service.node.ClusterMember;
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
import io.medicloud.service.proto.ListActiveStreamsRequest;
import io.medicloud.service.proto.ListActiveStreamsResponse;
import io.medicloud.service.proto.ListNodesRequest;
import io.medicloud.service.proto.ListNodesResponse;
import io.medicloud.service.proto.ListSegmentsRequest;
import io.medicloud.service.proto.ListSegmentsResponse;
import io.medicloud.service.proto.ListStreamsRequest;
import io.medicloud.service.proto.ListStreamsResponse;
import io.medicloud.service.proto.LivestreamGrpc;
import io.medicloud.service.proto.LivestreamGrpc.LivestreamStub;
import io.medicloud.service.proto.Node;
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
import io.medicloud.service.stream.StreamException.Kind;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/** The API of many nodes: what is asked of a stream is answered by the node that owns it, and lists are those of all. Thread-safe. */
public final class ClusterService extends LivestreamGrpc.LivestreamImplBase implements AutoCloseable {
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

    /** The same for what only a stream that runs can answer: one that is on its way from node to node is not unknown. */
    private <Q, A> void routeRunning(
            String liveId, Q request, StreamObserver<A> responses, Here<Q, A> here, There<Q, A> there) {
        StreamEntry stream = member.stream(liveId);
        if (stream != null && stream.wanted() && member.ownerOf(liveId) == null) {
            responses.onError(Statuses.of(
                    new StreamException(Kind.UNAVAILABLE, "cluster: the stream is on no node just now; try again")));
        } else {
            route(liveId, request, responses, here, there);
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
        routeRunning(request.getLiveId(), request, responses, this::updateHere, LivestreamStub::updateStream);
    }

    private void updateHere(UpdateStreamRequest request, StreamObserver<UpdateStreamResponse> responses) {
        try {
            responses.onNext(starts.update(request));
            responses.onCompleted();
        } catch (StreamException e) {
            responses.onError(Statuses.of(e));
        }
    }

    @Override
    public void getStreamInfo(GetStreamInfoRequest request, StreamObserver<GetStreamInfoResponse> responses) {
        routeRunning(request.getLiveId(), request, responses, local::getStreamInfo, LivestreamStub::getStreamInfo);
    }

    @Override
    public void getStreamStats(GetStreamStatsRequest request, StreamObserver<StreamStats> responses) {
        routeRunning(request.getLiveId(), request, responses, local::getStreamStats, LivestreamStub::getStreamStats);
    }

    @Override
    public void watchStreamStats(WatchStreamStatsRequest request, StreamObserver<StreamStats> responses) {
        routeRunning(
                request.getLiveId(), request, responses, local::watchStreamStats, LivestreamStub::watchStreamStats);
    }

    @Override
    public void watchStreamStatus(
            WatchStreamStatusRequest request, StreamObserver<WatchStreamStatusResponse> responses) {
        routeRunning(
                request.getLiveId(), request, responses, local::watchStreamStatus, LivestreamStub::watchStreamStatus);
    }

    @Override
    public void listSegments(ListSegmentsRequest request, StreamObserver<ListSegmentsResponse> responses) {
        gather(
                request,
                responses,
                local::listSegments,
                LivestreamStub::listSegments,
                all -> JoinedSegments.of(request, all));
    }

    @Override
    public void getSegmentUrl(GetSegmentUrlRequest request, StreamObserver<GetSegmentUrlResponse> responses) {
        if (Peers.isPassedOn()) {
            local.getSegmentUrl(request, responses);
            return;
        }
        List<NodeEntry> others = member.others();
        FirstOf<GetSegmentUrlResponse> first = new FirstOf<>(responses, others.size() + 1);
        local.getSegmentUrl(request, first.one());
        for (NodeEntry node : others) {
            listing(node).getSegmentUrl(request, first.one());
        }
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
        gather(request, responses, local::listStreams, LivestreamStub::listStreams, all -> {
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
        gather(request, responses, local::listActiveStreams, LivestreamStub::listActiveStreams, all -> {
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
            Q request, StreamObserver<A> responses, Here<Q, A> here, There<Q, A> there, Function<Iterable<A>, A> join) {
        if (Peers.isPassedOn()) {
            here.call(request, responses);
            return;
        }
        List<NodeEntry> others = member.others();
        Gathered<A> all = new Gathered<>(responses, join, others.size() + 1);
        here.call(request, all.own());
        for (NodeEntry node : others) {
            there.call(listing(node), request, all.of(node.nodeId()));
        }
    }

    private LivestreamStub listing(NodeEntry node) {
        return peers.of(node).withDeadlineAfter(LIST_PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    }

    @Override
    public void listNodes(ListNodesRequest request, StreamObserver<ListNodesResponse> responses) {
        responses.onNext(ListNodesResponse.newBuilder()
                .addAllNodes(member.nodes().stream().map(this::message).toList())
                .build());
        responses.onCompleted();
    }

    @Override
    public void drainNode(DrainNodeRequest request, StreamObserver<Node> responses) {
        try {
            NodeEntry node = node(request.getNodeId());
            if (member.isSelf(node)) {
                if (!request.getUndo()) {
                    requireAnother();
                }
                member.setDraining(!request.getUndo());
                responses.onNext(message(node));
                responses.onCompleted();
            } else if (Peers.isPassedOn()) {
                throw new StreamException(Kind.NOT_FOUND, "node_id: is not that of the node that was asked");
            } else {
                peers.of(node).drainNode(request, new PassedOn<>(responses));
            }
        } catch (StreamException e) {
            responses.onError(Statuses.of(e));
        }
    }

    private NodeEntry node(String nodeId) throws StreamException {
        return member.nodes().stream()
                .filter(node -> node.nodeId().equals(nodeId))
                .findFirst()
                .orElseThrow(() -> new StreamException(
                        Kind.NOT_FOUND, "node_id: there is no node of that id; ListNodes tells which there are"));
    }

    private void requireAnother() throws StreamException {
        if (member.others().stream()
                .noneMatch(
                        node -> node.state() == NodeState.LIVE && node.facts().hasRoom())) {
            throw new StreamException(Kind.PRECONDITION, "node_id: no other node has room for streams");
        }
    }

    private Node message(NodeEntry node) {
        boolean isSelf = member.isSelf(node);
        return Node.newBuilder()
                .setNodeId(node.nodeId())
                .setState((isSelf ? member.state() : node.state()).name())
                .setAddress(node.facts().address())
                .setStreams(isSelf ? member.runs() : node.streams())
                .setCapacity(node.facts().capacity())
                .setLoad(node.facts().load())
                .build();
    }

    @Override
    public void close() {
        peers.close();
    }
}
