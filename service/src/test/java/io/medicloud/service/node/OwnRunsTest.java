// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.medicloud.pipeline.Tenure;
import io.medicloud.service.cluster.Bucket;
import io.medicloud.service.cluster.BucketEntry;
import io.medicloud.service.cluster.ChangeEnd;
import io.medicloud.service.cluster.ClusterNode;
import io.medicloud.service.cluster.ClusterTerms;
import io.medicloud.service.cluster.NodeFacts;
import io.medicloud.service.cluster.WriteEnd;
import io.medicloud.service.config.Secret;
import io.medicloud.service.stream.Ingress;
import io.medicloud.service.stream.OwnedStreams;
import io.medicloud.service.stream.StreamException;
import io.medicloud.service.stream.StreamException.Kind;
import io.medicloud.service.stream.StreamInfo;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a node does with its streams, on virtual time, beside another node that has room for none. */
class OwnRunsTest {
    private static final long TICK_NS = 100_000_000;
    private static final Map<String, String> FIRST = Map.of("start", "1");
    private static final Map<String, String> SECOND = Map.of("start", "2");

    private long nowNs;
    private long revision;
    private final Map<String, BucketEntry> entries = new HashMap<>();
    private final List<Way> ways = new ArrayList<>();
    private final Way own = new Way();
    private final Queue<Runnable> works = new ArrayDeque<>();
    private final List<Map<String, String>> opened = new ArrayList<>();
    private final List<CompletableFuture<Void>> closed = new ArrayList<>();
    private boolean isFailing;
    private OwnRuns runs;
    private ClusterNode node;
    private ClusterNode other;

    /** A node's way to the bucket, which answers at once or not at all. */
    private final class Way implements Bucket {
        private EntrySink news = (entry, atNs) -> {};
        private boolean isDeaf;

        @Override
        public void watch(EntrySink sink) {
            news = sink;
            ways.add(this);
            List.copyOf(entries.values()).forEach(entry -> sink.onEntry(entry, nowNs));
        }

        @Override
        public void write(String key, String value, long expectedRevision, WriteSink sink) {
            BucketEntry known = entries.get(key);
            if (isDeaf) {
                return;
            }
            if (expectedRevision != (known == null ? ABSENT : known.revision())) {
                sink.onEnd(new WriteEnd.Conflict(), nowNs);
                return;
            }
            BucketEntry entry = new BucketEntry(key, value, ++revision);
            entries.put(key, entry);
            ways.stream().filter(way -> !way.isDeaf).forEach(way -> way.news.onEntry(entry, nowNs));
            sink.onEnd(new WriteEnd.Written(entry.revision()), nowNs);
        }

        @Override
        public void read(String key, ReadSink sink) {
            BucketEntry known = entries.get(key);
            if (!isDeaf) {
                if (known != null) {
                    news.onEntry(known, nowNs);
                }
                sink.onRead(nowNs);
            }
        }

        @Override
        public void close() {}
    }

    @BeforeEach
    void begin() {
        OwnTailUploads tails = new OwnTailUploads(
                (liveId, sequence, most) -> List.of(), event -> {}, InstantSource.system(), works::add, this);
        runs = new OwnRuns(this::open, tails, works::add, this, () -> nowNs);
        node = node("node", 10, own, runs);
        runs.use(node);
        OwnRuns none = new OwnRuns(this::open, tails, works::add, this, () -> nowNs);
        other = node("other", 1, new Way(), none);
        node.begin();
        other.begin();
        tick(2);
    }

    private static ClusterNode node(String nodeId, int capacity, Bucket bucket, OwnRuns host) {
        boolean isFull = capacity == 1;
        NodeFacts facts = new NodeFacts("", isFull ? 1000 : 0, capacity);
        return new ClusterNode(nodeId, "run", facts, ClusterTerms.DEFAULT, bucket, host);
    }

    private OwnedStreams.Running open(String liveId, Map<String, String> settings, Tenure tenure)
            throws StreamException {
        opened.add(settings);
        if (isFailing) {
            throw new StreamException(Kind.EXHAUSTED, "no port is free");
        }
        CompletableFuture<Void> end = new CompletableFuture<>();
        closed.add(end);
        StreamInfo info = new StreamInfo(liveId, 4000, Secret.NONE, Ingress.OWN_PORT, "", 0, 0, "", 0, 0);
        return new OwnedStreams.Running(info, Map.of(), end, isOver -> end.complete(null));
    }

    private void tick(int count) {
        for (int i = 0; i < count; i++) {
            nowNs += TICK_NS;
            node.onTick(nowNs);
            other.onTick(nowNs);
            runs.onTick();
        }
    }

    private void work() {
        while (!works.isEmpty()) {
            works.remove().run();
        }
    }

    private void tickAndWork(int count) {
        for (int i = 0; i < count; i++) {
            tick(1);
            work();
        }
    }

    private void start() {
        assertThat(change(other.start("live", FIRST, nowNs))).isEqualTo(ChangeEnd.DONE);
        tick(1);
        assertThat(runs.has("live")).isTrue();
    }

    private ChangeEnd change(CompletableFuture<ChangeEnd> change) {
        for (int i = 0; i < 20 && !change.isDone(); i++) {
            nowNs += TICK_NS;
            other.onTick(nowNs);
        }
        return change.join();
    }

    @Test
    void aRunThatEndedByItselfDoesNotHoldTheNextStartOfItsStream() {
        start();
        tickAndWork(1);
        assertThat(opened).containsExactly(FIRST);
        own.isDeaf = true;
        assertThat(change(other.stop("live", nowNs))).isEqualTo(ChangeEnd.DONE);
        assertThat(change(other.start("live", SECOND, nowNs))).isEqualTo(ChangeEnd.DONE);
        closed.get(0).complete(null);
        own.isDeaf = false;
        tickAndWork(10);
        assertThat(opened).containsExactly(FIRST, SECOND);
        assertThat(other.stream("live").epoch()).isEqualTo(2);
    }

    @Test
    void aStartThatFailedIsNotOpenedAgainWhileItsEndIsTold() {
        isFailing = true;
        start();
        CompletableFuture<StreamInfo> answer = runs.opened("live");
        own.isDeaf = true;
        work();
        assertThat(answer).isCompletedExceptionally();
        tickAndWork(10);
        assertThat(opened).containsExactly(FIRST);
    }
}
