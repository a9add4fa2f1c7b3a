// SPDX-License-Identifier: Apache-2.0
package io.medicloud.pipeline.store;

import static io.medicloud.pipeline.support.Patience.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.medicloud.pipeline.retry.Backoff;
import io.medicloud.pipeline.store.StoreException.Kind;
import io.medicloud.pipeline.support.ScriptedStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UploadQueueTest {
    private static final Backoff SHORT = new Backoff(Duration.ofMillis(1), Duration.ofMillis(5));
    /** Every delay is as long as it may be. */
    private static final RandomGenerator LONGEST = new RandomGenerator() {
        @Override
        public long nextLong() {
            return 0;
        }

        @Override
        public long nextLong(long bound) {
            return bound - 1;
        }
    };

    @TempDir
    Path folder;

    private ScriptedStore store;
    private UploadQueue queue;

    @BeforeEach
    void open() {
        store = new ScriptedStore(folder.resolve("store"));
        queue = queue(4, 100, SHORT, Duration.ofMillis(100));
    }

    @AfterEach
    void close() {
        store.close();
        queue.close();
    }

    private UploadQueue queue(int concurrency, int mostQueued, Backoff backoff, Duration refusedRetry) {
        return queue(concurrency, mostQueued, backoff, refusedRetry, Duration.ZERO);
    }

    private UploadQueue queue(
            int concurrency, int mostQueued, Backoff backoff, Duration refusedRetry, Duration unreadableFor) {
        return new UploadQueue(
                store,
                new UploadLimits(concurrency, mostQueued, backoff, refusedRetry, Duration.ofMillis(50), unreadableFor),
                LONGEST);
    }

    private SegmentObject segment(String stream, int number) throws Exception {
        Path file = folder.resolve(stream + number);
        Files.write(file, new byte[] {(byte) number});
        return new SegmentObject(stream + "/segment_%04d.ts".formatted(number), file, 1, SegmentObject.MP2T, Map.of());
    }

    private static void drain(UploadLane lane) throws Exception {
        lane.whenIdle().toCompletableFuture().get(20, TimeUnit.SECONDS);
    }

    private static final class Recorder implements UploadSink {
        final List<String> told = new CopyOnWriteArrayList<>();

        @Override
        public void onUploaded(SegmentObject segment, int attempts) {
            told.add("uploaded " + segment.key() + " after " + attempts);
        }

        @Override
        public void onFailed(SegmentObject segment, StoreException failure, boolean retried) {
            told.add(failure.kind() + " " + segment.key() + (retried ? " again" : " dropped"));
        }
    }

    @Test
    void aStreamsSegmentsGoUpInTheirOrderAndStreamsSideBySide() throws Exception {
        List<UploadLane> lanes = new ArrayList<>();
        store.hold();
        for (String stream : List.of("a", "b", "c", "d", "e", "f")) {
            UploadLane lane = queue.lane(new Recorder());
            lanes.add(lane);
            for (int i = 1; i <= 10; i++) {
                assertThat(lane.add(segment(stream, i))).isTrue();
            }
        }
        await().until(() -> store.attempts().size() == 4);
        assertThat(Set.copyOf(store.attempts())).as("of four streams").hasSize(4);
        store.release();
        for (UploadLane lane : lanes) {
            drain(lane);
        }

        assertThat(store.mostUnderWay()).isEqualTo(4);
        for (String stream : List.of("a", "b", "c", "d", "e", "f")) {
            assertThat(store.stored().stream().filter(key -> key.startsWith(stream)))
                    .isEqualTo(IntStream.rangeClosed(1, 10)
                            .mapToObj(i -> stream + "/segment_%04d.ts".formatted(i))
                            .toList());
        }
        assertThat(queue.pending()).isZero();
        assertThat(queue.pendingBytes()).isZero();
    }

    @Test
    void whatHealsIsTriedAgainUntilItSucceedsAndIsToldOnce() throws Exception {
        Map<String, Integer> tries = new ConcurrentHashMap<>();
        store.script(segment ->
                segment != null && tries.merge(segment.key(), 1, Integer::sum) <= 2 ? Kind.UNREACHABLE : null);
        Recorder recorder = new Recorder();
        UploadLane lane = queue.lane(recorder);
        lane.add(segment("a", 1));
        lane.add(segment("a", 2));
        drain(lane);

        assertThat(recorder.told)
                .containsExactly(
                        "UNREACHABLE a/segment_0001.ts again",
                        "uploaded a/segment_0001.ts after 3",
                        "UNREACHABLE a/segment_0002.ts again",
                        "uploaded a/segment_0002.ts after 3");
    }

    @Test
    void attemptsAreCountedByWhatCameOfThem() throws Exception {
        Map<String, Integer> tries = new ConcurrentHashMap<>();
        store.script(segment ->
                segment != null && tries.merge(segment.key(), 1, Integer::sum) <= 2 ? Kind.UNREACHABLE : null);
        UploadLane lane = queue.lane(new Recorder());
        assertThat(lane.oldestNanos()).isZero();
        store.hold();
        lane.add(segment("a", 1));
        await().until(() -> lane.oldestNanos() > 0);
        store.release();
        lane.add(segment("a", 2));
        drain(lane);

        assertThat(queue.counts().stored()).isEqualTo(2);
        assertThat(queue.counts().storedBytes()).isEqualTo(2);
        assertThat(queue.counts().failed(Kind.UNREACHABLE)).isEqualTo(4);
        assertThat(queue.counts().failed(Kind.REFUSED)).isZero();
        assertThat(lane.oldestNanos()).isZero();
        assertThat(queue.breakerState()).isEqualTo(BreakerState.CLOSED);
    }

    @Test
    void aConflictIsDroppedAndDoesNotHoldUpTheRest() throws Exception {
        new DirectoryStore(folder.resolve("store"))
                .put(new SegmentObject(
                        "a/segment_0001.ts", Files.write(folder.resolve("x"), new byte[] {9}), 1, "x/y", Map.of()));
        Recorder recorder = new Recorder();
        UploadLane lane = queue.lane(recorder);
        lane.add(segment("a", 1));
        lane.add(segment("a", 2));
        drain(lane);

        assertThat(recorder.told)
                .containsExactly("CONFLICT a/segment_0001.ts dropped", "uploaded a/segment_0002.ts after 1");
        assertThat(folder.resolve("store/a/segment_0001.ts")).hasBinaryContent(new byte[] {9});
    }

    @Test
    void whileTheStoreRefusesUsOneAttemptAtATimeAsks() throws Exception {
        store.fail(Kind.REFUSED);
        List<UploadLane> lanes = new ArrayList<>();
        for (String stream : List.of("a", "b", "c", "d", "e", "f", "g", "h")) {
            UploadLane lane = queue.lane(new Recorder());
            lanes.add(lane);
            lane.add(segment(stream, 1));
        }
        long start = System.nanoTime();
        await().until(() -> store.attempts().size() >= 12);
        long elapsedMs = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);

        // At most the four that were under way when the first was refused, then one each 100 ms.
        assertThat(elapsedMs).isGreaterThanOrEqualTo(700);
        assertThat(queue.health().state()).isEqualTo(StoreHealth.State.REFUSED);
        assertThat(queue.health().reason()).contains("on cue");

        store.fail(null);
        for (UploadLane lane : lanes) {
            drain(lane);
        }
        assertThat(queue.health().isOk()).isTrue();
    }

    @Test
    void whenMostAttemptsFailTheBreakerLetsFewThroughUntilTheStoreIsWell() throws Exception {
        store.fail(Kind.UNREACHABLE);
        List<UploadLane> lanes = new ArrayList<>();
        for (String stream : List.of("a", "b", "c", "d", "e", "f", "g", "h")) {
            UploadLane lane = queue.lane(new Recorder());
            lanes.add(lane);
            lane.add(segment(stream, 1));
        }
        await().until(() -> store.attempts().size() >= 8);
        // Without it there would be some hundreds in that time, at delays of 5 ms at the most.
        await().pollDelay(Duration.ofMillis(400)).until(() -> true);
        assertThat(store.attempts()).hasSizeLessThan(24);

        store.fail(null);
        for (UploadLane lane : lanes) {
            drain(lane);
        }
        assertThat(queue.pending()).isZero();
    }

    @Test
    void theFirstSuccessWakesThoseWhoWaitForTheirDelay() throws Exception {
        queue.close();
        Backoff hours = new Backoff(Duration.ofMinutes(10), Duration.ofMinutes(10));
        queue = queue(4, 100, hours, Duration.ofMillis(100));
        store.fail(Kind.UNREACHABLE);
        UploadLane lane = queue.lane(new Recorder());
        lane.add(segment("a", 1));
        await().until(() -> queue.health().state() == StoreHealth.State.UNREACHABLE
                && queue.health().reason().contains("on cue"));

        store.fail(null);
        UploadLane other = queue.lane(new Recorder());
        other.add(segment("b", 1));
        drain(other);
        drain(lane);

        assertThat(store.stored()).containsExactlyInAnyOrder("a/segment_0001.ts", "b/segment_0001.ts");
    }

    @Test
    void aCheckThatFindsTheStoreWellAgainWakesThemToo() throws Exception {
        queue.close();
        Backoff hours = new Backoff(Duration.ofMinutes(10), Duration.ofMinutes(10));
        queue = queue(4, 100, hours, Duration.ofMillis(100));
        store.fail(Kind.REFUSED);
        queue.startChecks();
        UploadLane lane = queue.lane(new Recorder());
        lane.add(segment("a", 1));
        await().until(() -> store.attempts().size() == 1 && queue.health().state() == StoreHealth.State.REFUSED);

        store.fail(null);
        drain(lane);

        assertThat(queue.health().isOk()).isTrue();
    }

    @Test
    void aLaneTakesNoMoreThanItsLimit() throws Exception {
        queue.close();
        queue = queue(1, 3, SHORT, Duration.ofMillis(100));
        store.hold();
        UploadLane lane = queue.lane(new Recorder());

        assertThat(lane.add(segment("a", 1))).isTrue();
        assertThat(lane.add(segment("a", 2))).isTrue();
        assertThat(lane.add(segment("a", 3))).isTrue();
        assertThat(lane.add(segment("a", 4))).isFalse();
        assertThat(lane.pending()).isEqualTo(3);
        assertThat(lane.pendingBytes()).isEqualTo(3);
        store.release();
        drain(lane);
        assertThat(lane.add(segment("a", 4))).isTrue();
        drain(lane);
    }

    @Test
    void aStreamThatIsStuckHoldsUpNoOther() throws Exception {
        queue.close();
        queue = queue(4, 100, new Backoff(Duration.ofMillis(200), Duration.ofSeconds(1)), Duration.ofMillis(100));
        store.script(segment -> segment != null && segment.key().startsWith("stuck/") ? Kind.UNREACHABLE : null);
        UploadLane stuck = queue.lane(new Recorder());
        stuck.add(segment("stuck", 1));
        UploadLane other = queue.lane(new Recorder());
        for (int i = 1; i <= 20; i++) {
            other.add(segment("b", i));
        }
        drain(other);

        assertThat(stuck.pending()).isEqualTo(1);
        assertThat(store.stored()).hasSize(20);
    }

    /** Of the attempts most are at it; those at others succeed. */
    @Test
    void anObjectThatAlwaysFailsDoesNotOpenTheBreaker() throws Exception {
        queue.startChecks();
        await().until(() -> queue.health().isOk());
        store.script(segment -> segment != null && segment.key().startsWith("bad/") ? Kind.UNREACHABLE : null);
        UploadLane bad = queue.lane(new Recorder());
        bad.add(segment("bad", 1));
        await().until(() -> store.attempts().size() > 40);
        UploadLane other = queue.lane(new Recorder());
        other.add(segment("good", 1));
        drain(other);

        int before = store.attempts().size();
        await().until(() -> store.attempts().size() > before + 40);
        assertThat(bad.pending()).isEqualTo(1);
    }

    @Test
    void whereThereIsOneStreamItsFailuresOpenTheBreakerToo() throws Exception {
        store.fail(Kind.UNREACHABLE);
        queue.startChecks();
        UploadLane lane = queue.lane(new Recorder());
        lane.add(segment("a", 1));
        await().until(() -> queue.breakerState() == BreakerState.OPEN);

        store.fail(null);
        drain(lane);
        assertThat(store.stored()).containsExactly("a/segment_0001.ts");
    }

    @Test
    void whatIsWrongWithOurCopyIsNoNewsOfTheStore() throws Exception {
        store.script(segment -> segment == null || !segment.key().startsWith("gone/") ? Kind.REFUSED : Kind.LOCAL);
        UploadLane refused = queue.lane(new Recorder());
        refused.add(segment("a", 1));
        await().until(() -> queue.health().state() == StoreHealth.State.REFUSED);
        Recorder recorder = new Recorder();
        UploadLane gone = queue.lane(recorder);
        gone.add(segment("gone", 1));
        drain(gone);

        assertThat(recorder.told).containsExactly("LOCAL gone/segment_0001.ts dropped");
        assertThat(queue.health().state()).isEqualTo(StoreHealth.State.REFUSED);
    }

    @Test
    void aFileThatIsAwayForAWhileIsStoredOnceItIsBack() throws Exception {
        queue.close();
        queue = queue(4, 100, SHORT, Duration.ofMillis(100), Duration.ofMinutes(1));
        Recorder recorder = new Recorder();
        UploadLane lane = queue.lane(recorder);
        SegmentObject first = segment("a", 1);
        Path away = folder.resolve("away");
        Files.move(first.file(), away);
        lane.add(first);
        lane.add(segment("a", 2));
        await().until(() -> store.attempts().size() > 3);
        Files.move(away, first.file());
        drain(lane);

        assertThat(recorder.told.get(0)).isEqualTo("LOCAL a/segment_0001.ts again");
        assertThat(recorder.told).doesNotContain("LOCAL a/segment_0001.ts dropped");
        assertThat(store.stored()).containsExactly("a/segment_0001.ts", "a/segment_0002.ts");
    }

    @Test
    void filesThatStayAwayAreWaitedForOnceAndNotEach() throws Exception {
        queue.close();
        queue = queue(4, 100, SHORT, Duration.ofMillis(100), Duration.ofSeconds(1));
        store.script(segment -> Kind.LOCAL);
        Recorder recorder = new Recorder();
        UploadLane lane = queue.lane(recorder);
        lane.add(segment("a", 1));
        lane.add(segment("a", 2));
        lane.add(segment("a", 3));
        drain(lane);

        assertThat(recorder.told)
                .containsExactly(
                        "LOCAL a/segment_0001.ts again",
                        "LOCAL a/segment_0001.ts dropped",
                        "LOCAL a/segment_0002.ts dropped",
                        "LOCAL a/segment_0003.ts dropped");
    }

    @Test
    void aFileThatStaysAwayIsGivenUpWithoutDelayIfNobodyWantsIt() throws Exception {
        queue.close();
        queue = queue(4, 100, SHORT, Duration.ofMillis(100), Duration.ofMinutes(1));
        store.script(segment -> Kind.LOCAL);
        List<String> told = new CopyOnWriteArrayList<>();
        AtomicBoolean isGivenUp = new AtomicBoolean();
        UploadLane lane = queue.lane(new Unwanted(told, isGivenUp::get));
        lane.add(segment("a", 1));
        await().until(() -> store.attempts().size() > 3);
        assertThat(told).containsExactly("a/segment_0001.ts again");
        isGivenUp.set(true);
        drain(lane);

        assertThat(told).containsExactly("a/segment_0001.ts again", "a/segment_0001.ts dropped");
    }

    @Test
    void whatNobodyWantsAnyMoreWaitsForNoStoreThatRefusesUs() throws Exception {
        queue.close();
        queue = queue(4, 100, SHORT, Duration.ofMinutes(1), Duration.ofMinutes(1));
        store.fail(Kind.REFUSED);
        queue.lane(new Recorder()).add(segment("a", 1));
        await().until(() -> queue.health().state() == StoreHealth.State.REFUSED);
        List<String> told = new CopyOnWriteArrayList<>();
        UploadLane lane = queue.lane(new Unwanted(told, () -> true));
        lane.add(segment("b", 1));
        lane.add(segment("b", 2));
        drain(lane);

        assertThat(told).containsExactly("b/segment_0001.ts dropped", "b/segment_0002.ts dropped");
        assertThat(store.attempts()).allMatch(key -> key.startsWith("a/"));
    }

    /** Whose segments nobody wants any more, once it says so. */
    private record Unwanted(List<String> told, BooleanSupplier isNow) implements UploadSink {
        @Override
        public void onUploaded(SegmentObject segment, int attempts) {
            told.add("uploaded");
        }

        @Override
        public void onFailed(SegmentObject segment, StoreException failure, boolean retried) {
            told.add(segment.key() + (retried ? " again" : " dropped"));
        }

        @Override
        public boolean isGivenUp(SegmentObject segment) {
            return isNow.getAsBoolean();
        }
    }

    @Test
    void anErrorOfTheProgramIsTriedAgainAsAStoreThatIsAway() throws Exception {
        AtomicInteger errors = new AtomicInteger(2);
        store.script(segment -> {
            if (errors.getAndDecrement() > 0) {
                throw new NoClassDefFoundError("as where a jar was replaced");
            }
            return null;
        });
        UploadLane lane = queue.lane(new Recorder());
        lane.add(segment("a", 1));
        lane.add(segment("a", 2));
        drain(lane);

        assertThat(store.stored()).containsExactly("a/segment_0001.ts", "a/segment_0002.ts");
    }

    @Test
    void aListenerThatFailsHoldsUpNothing() throws Exception {
        List<String> told = new CopyOnWriteArrayList<>();
        UploadLane lane = queue.lane(new UploadSink() {
            @Override
            public void onUploaded(SegmentObject segment, int attempts) {
                told.add(segment.key());
                throw new IllegalStateException("broken by the test");
            }

            @Override
            public void onFailed(SegmentObject segment, StoreException failure, boolean retried) {
                throw new IllegalStateException("broken by the test");
            }

            @Override
            public void onIdle() {
                throw new IllegalStateException("broken by the test");
            }
        });
        AtomicBoolean isFirst = new AtomicBoolean(true);
        store.script(segment -> isFirst.getAndSet(false) ? Kind.UNREACHABLE : null);
        for (int i = 1; i <= 3; i++) {
            lane.add(segment("a", i));
        }
        drain(lane);

        assertThat(told).containsExactly("a/segment_0001.ts", "a/segment_0002.ts", "a/segment_0003.ts");
    }

    @Test
    void anObjectThatTheStoreDoesNotWantHoldsUpNoOther() throws Exception {
        store.script(segment -> segment != null && segment.key().startsWith("bad/") ? Kind.UNFIT : null);
        UploadLane bad = queue.lane(new Recorder());
        bad.add(segment("bad", 1));
        await().until(() -> store.attempts().size() > 2);
        assertThat(queue.health().state()).isNotEqualTo(StoreHealth.State.REFUSED);
        UploadLane other = queue.lane(new Recorder());
        for (int i = 1; i <= 20; i++) {
            other.add(segment("good", i));
        }
        drain(other);
        assertThat(bad.pending()).isEqualTo(1);

        store.script(segment -> null);
        drain(bad);
    }

    @Test
    void theHealthSaysThatNobodyHasAskedYet() {
        assertThat(queue.health().isOk()).isFalse();
        assertThat(queue.health().reason()).contains("not asked yet");

        queue.startChecks();

        await().until(() -> queue.health().isOk());
    }
}
