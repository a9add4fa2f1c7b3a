// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.grpc;

import io.medicloud.service.cluster.ChangeEnd;
import io.medicloud.service.cluster.NodeEntry;
import io.medicloud.service.cluster.StreamEntry;
import io.medicloud.service.config.ServiceConfig;
import io.medicloud.service.node.ClusterMember;
import io.medicloud.service.proto.StartPullStreamRequest;
import io.medicloud.service.proto.StartPullStreamResponse;
import io.medicloud.service.proto.UpdateStreamRequest;
import io.medicloud.service.proto.UpdateStreamResponse;
import io.medicloud.service.security.CallLimits;
import io.medicloud.service.stream.OwnedStreams;
import io.medicloud.service.stream.StreamException;
import io.medicloud.service.stream.StreamException.Kind;
import io.medicloud.service.stream.StreamInfo;
import io.medicloud.service.stream.StreamRegistry;
import io.medicloud.service.stream.StreamSpec;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Starts, changes and stops of streams that any of many nodes may own. All calls block, within bounds. Thread-safe. */
public final class ClusterStarts {
    private static final Duration PATIENCE = Duration.ofSeconds(15);
    /** How long after the others the owner itself may learn that it is the owner. */
    private static final Duration KNOWN = Duration.ofSeconds(3);

    private static final long LOOK_NS = TimeUnit.MILLISECONDS.toNanos(20);

    private final ClusterMember member;
    private final OwnedStreams streams;
    private final Supplier<ServiceConfig> config;
    private final UnansweredStarts unanswered = new UnansweredStarts();

    /** @param config what is in force, asked whenever it is needed */
    public ClusterStarts(ClusterMember member, OwnedStreams streams, Supplier<ServiceConfig> config) {
        this.member = member;
        this.streams = streams;
        this.config = config;
    }

    /** Says to all nodes that the stream is to run; returns the node that takes it, the one with the most room. */
    NodeEntry place(StartPullStreamRequest request) throws StreamException {
        StreamSpec spec = StartRequest.spec(request);
        spec.check(config.get().segment());
        String fault = member.fault();
        if (!fault.isEmpty()) {
            throw new StreamException(Kind.UNAVAILABLE, "cluster: " + fault + "; try another node");
        }
        String known = CallLimits.client();
        String client = known == null ? "" : known;
        if (!isAgain(spec, client)) {
            spec.settings()
                    .thresholds()
                    .requireAllowed(config.get().stream().source().mostBitsPerSecond());
            requireRoom(client);
        }
        Map<String, String> settings = settingsOf(spec, client);
        ChangeEnd end = wait(member.start(spec.liveId(), settings));
        switch (end) {
            case DONE -> unanswered.remove(spec.liveId());
            case ALREADY_WANTED -> {
                if (!isAgain(spec, client)) {
                    throw isOpen(spec);
                }
            }
            case REFUSED -> throw new StreamException(Kind.EXHAUSTED, "cluster: too many changes wait");
            default -> {
                unanswered.add(spec.liveId(), settings);
                throw new StreamException(Kind.UNAVAILABLE, "cluster: NATS does not answer; try again");
            }
        }
        NodeEntry[] owner = new NodeEntry[1];
        await(
                () -> {
                    owner[0] = member.ownerOf(spec.liveId());
                    return owner[0] != null || isOver(spec, settings, end);
                },
                PATIENCE);
        if (owner[0] == null && isOver(spec, settings, end)) {
            throw new StreamException(
                    Kind.NOT_FOUND, "live_id: stream " + spec.liveId() + " was stopped while it was started");
        }
        if (owner[0] == null && end != ChangeEnd.DONE) {
            // It runs since before, and moves: it is not to end since somebody has asked for it again.
            throw new StreamException(Kind.UNAVAILABLE, "cluster: the stream moves, no node has it yet; try again");
        }
        if (owner[0] == null) {
            var unused = member.stop(spec.liveId(), settings);
            throw new StreamException(Kind.EXHAUSTED, "cluster: no node has room for another stream");
        }
        unanswered.remove(spec.liveId());
        return owner[0];
    }

    /** One that was taken up by another node is started again as if nothing had been, as one that outlived a restart is. */
    private boolean isAgain(StreamSpec spec, String client) {
        StreamEntry entry = member.stream(spec.liveId());
        return entry != null
                && entry.wanted()
                && (OwnedStreams.hasMoved(entry.settings(), entry.epoch()) || isUnanswered(entry, client))
                && streams.isSame(spec, entry.settings());
    }

    /** Those of the same start, if it is asked for again since nobody could say what became of it. */
    private Map<String, String> settingsOf(StreamSpec spec, String client) {
        Map<String, String> before = unanswered.of(spec.liveId(), client, member.stream(spec.liveId()));
        return before != null && streams.isSame(spec, before) ? before : streams.settingsOf(spec, client);
    }

    private boolean isUnanswered(StreamEntry entry, String client) {
        Map<String, String> settings = unanswered.of(entry.liveId(), client, entry);
        return settings != null && OwnedStreams.areOfOneStart(settings, entry.settings());
    }

    /** Was what has just been started stopped since, or is another start of it under way? */
    private boolean isOver(StreamSpec spec, Map<String, String> settings, ChangeEnd end) {
        StreamEntry entry = member.stream(spec.liveId());
        return end == ChangeEnd.DONE
                && entry != null
                && !(entry.wanted() && OwnedStreams.areOfOneStart(entry.settings(), settings));
    }

    private static StreamException isElsewhere() {
        return new StreamException(Kind.UNAVAILABLE, "cluster: the stream is not this node's; try again");
    }

    private static StreamException isOpen(StreamSpec spec) {
        return new StreamException(Kind.ALREADY_EXISTS, "live_id: stream " + spec.liveId() + " is open already");
    }

    /** As far as this node knows: starts that cross on other nodes are not counted yet. */
    private void requireRoom(String client) throws StreamException {
        int most = config.get().stream().limitPerClient();
        if (most > 0 && !client.isEmpty() && member.startedBy(client) >= most) {
            throw new StreamException(
                    Kind.EXHAUSTED,
                    StreamRegistry.LIMIT_PER_CLIENT + ": " + most
                            + " streams are open that you have started, no more may");
        }
    }

    /** The answer once this node, which owns the stream, has opened it; to whoever asks for just this stream. */
    StartPullStreamResponse opened(StartPullStreamRequest request) throws StreamException {
        StreamSpec spec = StartRequest.spec(request);
        String liveId = spec.liveId();
        await(() -> member.runs(liveId), KNOWN);
        StreamEntry entry = member.stream(liveId);
        if (entry == null || !member.runs(liveId)) {
            throw isElsewhere();
        }
        if (!streams.isSame(spec, entry.settings())) {
            // Whoever says to have asked another node first is not believed: the answer has a passphrase in it.
            throw isOpen(spec);
        }
        CompletableFuture<StreamInfo> opened = member.opened(liveId);
        if (opened == null) {
            throw isElsewhere();
        }
        StreamInfo info = wait(opened);
        return StartPullStreamResponse.newBuilder()
                .setLiveId(info.liveId())
                .setPort(info.port())
                .setPassphrase(info.passphrase().reveal())
                .build();
    }

    /** Changes a stream that this node owns, also for whoever owns it next. */
    UpdateStreamResponse update(UpdateStreamRequest request) throws StreamException {
        OwnedStreams.Changed changed = streams.update(UpdateRequest.update(request));
        ChangeEnd end = wait(member.amend(request.getLiveId(), changed.changed()));
        if (end != ChangeEnd.DONE) {
            throw new StreamException(
                    Kind.UNAVAILABLE,
                    "cluster: the stream is changed, but perhaps not where it is run next: "
                            + (end == ChangeEnd.NOT_WANTED ? "it moves" : "NATS does not answer") + "; ask again");
        }
        return UpdateRequest.response(request.getLiveId(), changed.update());
    }

    /** False if there is no such stream; otherwise it is over, and stored if the store is quick, when this returns. */
    boolean stop(String liveId) throws StreamException {
        StreamSpec.requireLiveId(liveId);
        ChangeEnd end = wait(member.stop(liveId));
        if (end == ChangeEnd.NOT_KNOWN || end == ChangeEnd.REFUSED) {
            throw new StreamException(Kind.UNAVAILABLE, "cluster: NATS does not answer; try again");
        }
        unanswered.remove(liveId);
        await(() -> !member.runs(liveId), PATIENCE);
        return end == ChangeEnd.DONE;
    }

    private static void await(BooleanSupplier condition, Duration patience) {
        long untilNs = System.nanoTime() + patience.toNanos();
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
