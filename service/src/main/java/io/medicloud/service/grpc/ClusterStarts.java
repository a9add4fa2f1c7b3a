// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.grpc;

import io.medicloud.service.cluster.ChangeEnd;
import io.medicloud.service.cluster.NodeEntry;
import io.medicloud.service.cluster.StreamEntry;
import io.medicloud.service.config.SegmentConfig;
import io.medicloud.service.node.ClusterMember;
import io.medicloud.service.proto.StartPullStreamRequest;
import io.medicloud.service.proto.StartPullStreamResponse;
import io.medicloud.service.security.CallLimits;
import io.medicloud.service.stream.OwnedStreams;
import io.medicloud.service.stream.StreamException;
import io.medicloud.service.stream.StreamException.Kind;
import io.medicloud.service.stream.StreamInfo;
import io.medicloud.service.stream.StreamSpec;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Starts and stops of streams that any of many nodes may own. All calls block, within bounds. Thread-safe. */
public final class ClusterStarts {
    private static final Duration PATIENCE = Duration.ofSeconds(15);
    private static final long LOOK_NS = TimeUnit.MILLISECONDS.toNanos(20);

    private final ClusterMember member;
    private final OwnedStreams streams;
    private final Supplier<SegmentConfig> segment;

    /** @param segment as configured */
    public ClusterStarts(ClusterMember member, OwnedStreams streams, Supplier<SegmentConfig> segment) {
        this.member = member;
        this.streams = streams;
        this.segment = segment;
    }

    /** Says to all nodes that the stream is to run; returns the node that takes it, the one with the most room. */
    NodeEntry place(StartPullStreamRequest request) throws StreamException {
        StreamSpec spec = StartRequest.spec(request);
        spec.check(segment.get());
        String fault = member.fault();
        if (!fault.isEmpty()) {
            throw new StreamException(Kind.UNAVAILABLE, "cluster: " + fault + "; try another node");
        }
        String client = CallLimits.client();
        ChangeEnd end = wait(member.start(spec.liveId(), streams.settingsOf(spec, client == null ? "" : client)));
        switch (end) {
            case DONE -> {}
            case ALREADY_WANTED -> requireSame(spec);
            case REFUSED -> throw new StreamException(Kind.EXHAUSTED, "cluster: too many changes wait");
            default -> throw new StreamException(Kind.UNAVAILABLE, "cluster: NATS does not answer; try again");
        }
        NodeEntry[] owner = new NodeEntry[1];
        await(() -> {
            owner[0] = member.ownerOf(spec.liveId());
            return owner[0] != null;
        });
        if (owner[0] == null) {
            var unused = member.stop(spec.liveId());
            throw new StreamException(Kind.EXHAUSTED, "cluster: no node has room for another stream");
        }
        return owner[0];
    }

    /** One that was taken up by another node is started again as if nothing had been, as one that outlived a restart is. */
    private void requireSame(StreamSpec spec) throws StreamException {
        StreamEntry entry = member.stream(spec.liveId());
        if (entry == null || entry.epoch() < 2 || !streams.isSame(spec, entry.settings())) {
            throw new StreamException(Kind.ALREADY_EXISTS, "live_id: stream " + spec.liveId() + " is open already");
        }
    }

    /** The answer once this node, which owns the stream, has opened it. */
    StartPullStreamResponse opened(StartPullStreamRequest request) throws StreamException {
        String liveId = request.getLiveId();
        await(() -> member.opened(liveId) != null);
        CompletableFuture<StreamInfo> opened = member.opened(liveId);
        if (opened == null) {
            throw new StreamException(Kind.UNAVAILABLE, "cluster: the stream is not this node's; try again");
        }
        StreamInfo info = wait(opened);
        return StartPullStreamResponse.newBuilder()
                .setLiveId(info.liveId())
                .setPort(info.port())
                .setPassphrase(info.passphrase().reveal())
                .build();
    }

    /** False if there is no such stream; otherwise it is over, and stored if the store is quick, when this returns. */
    boolean stop(String liveId) throws StreamException {
        StreamSpec.requireLiveId(liveId);
        ChangeEnd end = wait(member.stop(liveId));
        if (end == ChangeEnd.NOT_KNOWN || end == ChangeEnd.REFUSED) {
            throw new StreamException(Kind.UNAVAILABLE, "cluster: NATS does not answer; try again");
        }
        await(() -> !member.runs(liveId));
        return end == ChangeEnd.DONE;
    }

    private static void await(BooleanSupplier condition) {
        long untilNs = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.getAsBoolean() && System.nanoTime() - untilNs < 0) {
            LockSupport.parkNanos(LOOK_NS);
        }
    }

    private static <T> T wait(CompletableFuture<T> answer) throws StreamException {
        try {
            return answer.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw failure(e.getCause());
        } catch (TimeoutException e) {
            throw failure(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw failure(e);
        }
    }

    private static StreamException failure(@Nullable Throwable cause) {
        return cause instanceof StreamException known
                ? known
                : new StreamException(Kind.UNAVAILABLE, "cluster: the stream's node does not answer; try again");
    }
}
