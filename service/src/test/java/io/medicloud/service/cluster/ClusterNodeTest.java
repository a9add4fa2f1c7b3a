// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;

/** What a node does, step by step, with others on virtual time and a bucket that works. */
class ClusterNodeTest {
    private final Schedule schedule = new Schedule();
    private final SimulatedStore store = new SimulatedStore(false);
    private final List<Member> members = new ArrayList<>();

    /** A node whose host only notes what it is told. */
    private final class Member implements ClusterHost {
        private final SimulatedLink link = new SimulatedLink(schedule, store, new Random(1), this::run);
        private final ClusterNode node;
        private final Map<String, Long> owned = new TreeMap<>();
        private final List<String> told = new ArrayList<>();
        private boolean isStopped;
        private long unused;

        Member(String nodeId, String run) {
            this(nodeId, run, 10);
        }

        Member(String nodeId, String run, int capacity) {
            this(nodeId, run, capacity, ClusterTerms.DEFAULT);
        }

        Member(String nodeId, String run, int capacity, ClusterTerms terms) {
            NodeFacts facts = new NodeFacts(nodeId + ":50051", 0, capacity);
            node = new ClusterNode(nodeId, run, facts, terms, link, this);
            members.add(this);
            node.begin();
            tick();
        }

        private void run(java.util.function.Consumer<Long> action) {
            if (!isStopped) {
                action.accept(schedule.nowNs());
            }
        }

        private void tick() {
            run(node::onTick);
            schedule.after(100 * Schedule.MS, this::tick);
        }

        @Override
        public void onOwned(String liveId, long epoch, Map<String, String> settings) {
            owned.put(liveId, epoch);
            told.add("run " + liveId + " " + epoch + " " + new TreeMap<>(settings));
        }

        @Override
        public void onStop(String liveId, long epoch, StopCause cause) {
            owned.remove(liveId);
            told.add("stop " + liveId + " " + epoch + " " + cause);
            node.stopped(liveId, epoch);
        }

        @Override
        public long firstUnused(String liveId, long epoch) {
            return unused;
        }

        @Override
        public void onTail(String liveId, Tail tail) {
            told.add("tail " + liveId + " " + tail.epoch() + " " + tail.first() + "-" + tail.next());
        }

        @Override
        public void onNeverUsed(String liveId, long epoch, long from, long to) {
            told.add("unused " + liveId + " " + epoch + " " + from + "-" + to);
        }

        @Override
        public void onTailDropped(String liveId, Tail tail) {
            told.add("dropped " + tail.epoch());
        }
    }

    private void await(BooleanSupplier condition) {
        for (int i = 0; i < 200 && !condition.getAsBoolean(); i++) {
            schedule.runFor(100 * Schedule.MS);
        }
        assertThat(condition.getAsBoolean()).isTrue();
    }

    private ChangeEnd start(Member by, String liveId) {
        return end(by.node.start(liveId, Map.of("a", "b"), schedule.nowNs()));
    }

    private ChangeEnd end(CompletableFuture<ChangeEnd> change) {
        await(change::isDone);
        return change.join();
    }

    @Test
    void aStreamRunsOnOneNodeAndIsKnownToAll() {
        Member a = new Member("a", "1");
        Member b = new Member("b", "1");
        schedule.runFor(Schedule.SECOND);
        assertThat(start(b, "live")).isEqualTo(ChangeEnd.DONE);
        assertThat(start(a, "live")).isEqualTo(ChangeEnd.ALREADY_WANTED);
        await(() -> a.owned.size() + b.owned.size() == 1);
        Member owner = a.owned.isEmpty() ? b : a;
        assertThat(owner.told).containsExactly("run live 1 {a=b}");
        await(() -> members.stream().allMatch(one -> one.node.ownerOf("live") != null));
        assertThat(a.node.ownerOf("live").nodeId())
                .isEqualTo(owner.node.ownerOf("live").nodeId());
        assertThat(end(a.node.stop("live", schedule.nowNs()))).isEqualTo(ChangeEnd.DONE);
        await(owner.owned::isEmpty);
        await(() -> store.stream("live").owner() == null);
        assertThat(end(b.node.stop("live", schedule.nowNs()))).isEqualTo(ChangeEnd.NOT_WANTED);
        assertThat(end(b.node.stop("never", schedule.nowNs()))).isEqualTo(ChangeEnd.NOT_WANTED);
    }

    @Test
    void numbersAreReservedAheadAndNoneIsTakenWithoutTheLease() {
        Member a = new Member("a", "1");
        start(a, "live");
        await(() -> !a.owned.isEmpty());
        for (long number = 1; number <= 20; number++) {
            assertThat(a.node.takeNumber("live", 1, schedule.nowNs())).isEqualTo(number);
            assertThat(store.stream("live").next()).isGreaterThan(number);
            schedule.runFor(Schedule.SECOND);
        }
        assertThat(a.node.takeNumber("live", 2, schedule.nowNs())).isEqualTo(ClusterNode.NO_NUMBER);
        a.link.fault = SimulatedLink.Fault.CUT;
        schedule.runFor(Schedule.SECOND);
        assertThat(a.node.takeNumber("live", 1, a.node.leaseEndsNs())).isEqualTo(ClusterNode.NO_NUMBER);
        assertThat(a.told).contains("stop live 1 LEASE_OVER");
    }

    @Test
    void anOwnerThatIsCutOffStopsBeforeAnotherBegins() {
        Member a = new Member("a", "1");
        start(a, "live");
        await(() -> !a.owned.isEmpty());
        Member b = new Member("b", "1");
        schedule.runFor(2 * Schedule.SECOND);
        a.link.fault = SimulatedLink.Fault.CUT;
        long from = schedule.nowNs();
        await(a.owned::isEmpty);
        assertThat(b.owned).isEmpty();
        await(() -> !b.owned.isEmpty());
        assertThat(schedule.nowNs() - from).isLessThan(8 * Schedule.SECOND);
        assertThat(b.owned).containsEntry("live", 2L);
    }

    @Test
    void whoComesBackInTimeGoesOnWithItsOwnNumbers() {
        Member first = new Member("a", "1");
        start(first, "live");
        await(() -> !first.owned.isEmpty());
        first.node.takeNumber("live", 1, schedule.nowNs());
        first.node.takeNumber("live", 1, schedule.nowNs());
        first.isStopped = true;
        Member again = new Member("a", "2");
        again.unused = 3;
        await(() -> !again.owned.isEmpty());
        assertThat(again.owned).containsEntry("live", 2L);
        assertThat(again.node.takeNumber("live", 2, schedule.nowNs())).isEqualTo(3);
        assertThat(again.told).contains("tail live 1 1-3");
        again.node.settled("live", 1, 3);
        await(() -> store.stream("live").tails().isEmpty());
        assertThat(again.told).noneMatch(line -> line.startsWith("unused"));
    }

    @Test
    void whoComesBackLateFindsItsNumbersKeptForItAndTellsTheRest() {
        Member first = new Member("a", "1");
        start(first, "live");
        await(() -> !first.owned.isEmpty());
        first.isStopped = true;
        Member other = new Member("b", "1");
        await(() -> !other.owned.isEmpty());
        assertThat(other.node.takeNumber("live", 2, schedule.nowNs())).isEqualTo(5);
        Member again = new Member("a", "2");
        await(() -> again.told.contains("tail live 1 1-5"));
        again.node.settled("live", 1, 3);
        await(() -> store.stream("live").tails().isEmpty());
        assertThat(again.told).contains("unused live 1 3-5");
    }

    @Test
    void aNodeThatDrainsHandsEverythingOverWithoutAHole() {
        Member a = new Member("a", "1");
        schedule.runFor(Schedule.SECOND);
        for (int i = 0; i < 9; i++) {
            start(a, "live" + i);
        }
        await(() -> a.owned.size() == 9);
        a.node.takeNumber("live0", 1, schedule.nowNs());
        Member b = new Member("b", "1");
        schedule.runFor(Schedule.SECOND);
        a.node.drain();
        await(() -> b.owned.size() == 9);
        assertThat(a.owned).isEmpty();
        assertThat(b.node.takeNumber("live0", 2, schedule.nowNs())).isEqualTo(2);
        assertThat(b.node.takeNumber("live1", 2, schedule.nowNs())).isEqualTo(1);
        assertThat(a.node.isDrained()).isFalse();
        a.node.settled("live0", 1, 2);
        await(a.node::isDrained);
        a.node.leave();
        await(a.node::hasLeft);
    }

    @Test
    void aNodeThatDrainsKeepsWhatNoOtherHasRoomFor() {
        Member a = new Member("a", "1");
        schedule.runFor(Schedule.SECOND);
        for (int i = 0; i < 9; i++) {
            start(a, "live" + i);
        }
        await(() -> a.owned.size() == 9);
        Member b = new Member("b", "1", 2);
        schedule.runFor(Schedule.SECOND);
        a.node.drain();
        schedule.runFor(20 * Schedule.SECOND);
        assertThat(a.owned).hasSize(7);
        assertThat(b.owned).hasSize(2);
        Member c = new Member("c", "1", 3);
        await(() -> c.owned.size() == 3);
        schedule.runFor(20 * Schedule.SECOND);
        assertThat(a.owned).hasSize(4);
        a.node.drainToLeave();
        await(a.owned::isEmpty);
        assertThat(a.told).noneMatch(line -> line.contains("LEASE_OVER"));
    }

    @Test
    void numbersThatStoodInTheStoreBeforeAreNotToldAsLost() {
        Member a = new Member("a", "1");
        start(a, "live");
        start(a, "over");
        await(() -> a.owned.size() == 2);
        assertThat(a.node.passOver("live", 1, 5001, schedule.nowNs())).isEqualTo(ClusterNode.NO_NUMBER);
        assertThat(a.node.passOver("over", 1, 5001, schedule.nowNs())).isEqualTo(ClusterNode.NO_NUMBER);
        assertThat(end(a.node.stop("over", schedule.nowNs()))).isEqualTo(ChangeEnd.DONE);
        await(() -> a.node.passOver("live", 1, 5001, schedule.nowNs()) == 5001);
        assertThat(a.node.takeNumber("live", 1, schedule.nowNs())).isEqualTo(5001);
        assertThat(a.node.passOver("live", 1, 5004, schedule.nowNs())).isEqualTo(5004);
        assertThat(end(a.node.stop("live", schedule.nowNs()))).isEqualTo(ChangeEnd.DONE);
        await(() -> store.stream("live").owner() == null && store.stream("over").owner() == null);
        assertThat(a.told).contains("tail live 1 5001-5004");
        assertThat(a.told).noneMatch(line -> line.startsWith("tail over"));
        assertThat(store.stream("over").next()).isEqualTo(5001);
    }

    @Test
    void whatDrainsTakesNothingBackAndTakesStreamsAgainWhenAsked() {
        Member a = new Member("a", "1");
        schedule.runFor(Schedule.SECOND);
        a.node.drain();
        start(a, "live");
        schedule.runFor(3 * Schedule.SECOND);
        assertThat(a.owned).isEmpty();
        assertThat(a.node.nodes()).extracting(NodeEntry::state).containsExactly(NodeState.DRAINING);
        a.node.takeAgain();
        await(() -> !a.owned.isEmpty());
        assertThat(a.node.nodes()).extracting(NodeEntry::state).containsExactly(NodeState.LIVE);
    }

    @Test
    void whatRanIsTakenBackByANodeThatDrainsIfNobodyElseHasRoom() {
        Member b = new Member("b", "1", 1);
        start(b, "other");
        await(() -> !b.owned.isEmpty());
        Member a = new Member("a", "1");
        start(a, "live");
        await(() -> a.owned.containsKey("live"));
        a.node.drain();
        schedule.runFor(Schedule.SECOND);
        assertThat(a.owned).containsOnlyKeys("live");
        a.link.fault = SimulatedLink.Fault.CUT;
        await(a.owned::isEmpty);
        schedule.runFor(2 * Schedule.SECOND);
        a.link.fault = SimulatedLink.Fault.NONE;
        await(() -> a.owned.containsKey("live"));
        start(a, "new");
        schedule.runFor(5 * Schedule.SECOND);
        assertThat(a.owned).as("it takes nothing that is new").containsOnlyKeys("live");

        a.node.drainToLeave();
        await(a.owned::isEmpty);
        schedule.runFor(10 * Schedule.SECOND);
        assertThat(a.owned).as("whoever leaves takes nothing back").isEmpty();
    }

    @Test
    void anOwnerChangesTheSettingsOfItsEpochAlone() {
        Member a = new Member("a", "1");
        start(a, "live");
        await(() -> !a.owned.isEmpty());
        assertThat(amend(a, "live", 1, "port", "4000")).isEqualTo(ChangeEnd.DONE);
        assertThat(store.stream("live").settings()).isEqualTo(Map.of("a", "b", "port", "4000"));
        assertThat(amend(a, "live", 1, "port", "4000")).isEqualTo(ChangeEnd.DONE);
        assertThat(amend(a, "live", 2, "port", "4001")).isEqualTo(ChangeEnd.NOT_WANTED);
        assertThat(amend(a, "never", 1, "port", "4001")).isEqualTo(ChangeEnd.NOT_WANTED);
        CompletableFuture<ChangeEnd> notMeant = a.node.amend("live", 1, settings -> null, schedule.nowNs());
        assertThat(end(notMeant)).isEqualTo(ChangeEnd.NOT_WANTED);
        assertThat(store.stream("live").settings()).containsEntry("port", "4000");
        a.isStopped = true;
        Member b = new Member("b", "1");
        await(() -> !b.owned.isEmpty());
        assertThat(b.told).contains("run live 2 {a=b, port=4000}");
    }

    private ChangeEnd amend(Member by, String liveId, long epoch, String name, String value) {
        return end(by.node.amend(
                liveId,
                epoch,
                settings -> {
                    Map<String, String> with = new TreeMap<>(settings);
                    with.put(name, value);
                    return with;
                },
                schedule.nowNs()));
    }

    static ClusterTerms lease(int seconds) {
        ClusterTerms usual = ClusterTerms.DEFAULT;
        return new ClusterTerms(
                Duration.ofSeconds(seconds),
                usual.heartbeat(),
                usual.stopMargin(),
                usual.rateError(),
                usual.retry(),
                usual.claimGrace(),
                usual.numbersAhead(),
                usual.movesAtOnce(),
                usual.mostTails());
    }

    @Test
    void aNodeWithAnotherLeaseDoesNotTakePartWhileOthersAreThere() {
        Member a = new Member("a", "1", 10, lease(20));
        start(a, "live");
        await(() -> !a.owned.isEmpty());
        Member b = new Member("b", "1");
        schedule.runFor(30 * Schedule.SECOND);
        assertThat(b.node.isMember(schedule.nowNs())).isFalse();
        assertThat(b.node.refusal(schedule.nowNs()))
                .isEqualTo("cluster.lease: is 5000 ms here and 20000 ms on node a; it must be the same on all nodes");
        assertThat(a.node.nodes())
                .filteredOn(node -> node.state() != NodeState.OVER)
                .extracting(NodeEntry::nodeId)
                .containsExactly("a");
        assertThat(a.owned).isNotEmpty();

        a.isStopped = true;
        schedule.runFor(195 * Schedule.SECOND);
        assertThat(b.node.isMember(schedule.nowNs()))
                .as("it was seen to be there, and may come back: ten of its own leases count")
                .isFalse();
        await(() -> b.owned.containsKey("live"));
        assertThat(b.node.refusal(schedule.nowNs())).isNull();
    }

    @Test
    void aNodeWithAnotherLeaseDoesNotWaitLongForOneThatItNeverSawAlive() {
        Member a = new Member("a", "1", 10, lease(20));
        start(a, "live");
        await(() -> !a.owned.isEmpty());
        a.isStopped = true;
        schedule.runFor(Schedule.SECOND);
        Member b = new Member("b", "1");
        schedule.runFor(18 * Schedule.SECOND);
        assertThat(b.node.isMember(schedule.nowNs()))
                .as("it may be there still: its own lease counts")
                .isFalse();
        await(() -> b.owned.containsKey("live"));
    }

    @Test
    void whoWasRefusedDoesNotComeFirstAfterAnOutage() {
        Member a = new Member("a", "1");
        start(a, "live");
        await(() -> !a.owned.isEmpty());
        Member b = new Member("b", "1", 10, lease(8));
        schedule.runFor(5 * Schedule.SECOND);
        store.isUp = false;
        schedule.runFor(30 * Schedule.SECOND);
        assertThat(a.owned).isEmpty();
        a.link.fault = SimulatedLink.Fault.CUT;
        store.isUp = true;
        schedule.runFor(3 * Schedule.SECOND);
        a.link.fault = SimulatedLink.Fault.NONE;
        await(() -> !a.owned.isEmpty());
        assertThat(a.node.refusal(schedule.nowNs())).isNull();
        assertThat(b.node.isMember(schedule.nowNs())).isFalse();
    }

    @Test
    void aStartWhoseAnswerWasLostIsItsOwnAlsoOnceItsOwnerHasAmendedIt() {
        Member b = new Member("b", "1");
        schedule.runFor(Schedule.SECOND);
        Member a = new Member("a", "1", 1);
        a.node.drain();
        schedule.runFor(Schedule.SECOND);
        a.link.fault = SimulatedLink.Fault.ANSWERS_LOST;
        CompletableFuture<ChangeEnd> first = a.node.start(
                "live", Map.of("start", "1"), settings -> "1".equals(settings.get("start")), schedule.nowNs());
        await(() -> !b.owned.isEmpty());
        assertThat(amend(b, "live", 1, "port", "4000")).isEqualTo(ChangeEnd.DONE);
        assertThat(first).isNotDone();
        a.link.fault = SimulatedLink.Fault.NONE;
        assertThat(end(first)).isEqualTo(ChangeEnd.DONE);
    }

    @Test
    void whoStopsOneStartLeavesTheNextOneAlone() {
        Member a = new Member("a", "1");
        schedule.runFor(Schedule.SECOND);
        assertThat(end(a.node.start("live", Map.of("start", "1"), schedule.nowNs())))
                .isEqualTo(ChangeEnd.DONE);
        assertThat(end(a.node.stop("live", schedule.nowNs()))).isEqualTo(ChangeEnd.DONE);
        assertThat(end(a.node.start("live", Map.of("start", "2"), schedule.nowNs())))
                .isEqualTo(ChangeEnd.DONE);
        assertThat(end(a.node.stop("live", settings -> "1".equals(settings.get("start")), schedule.nowNs())))
                .isEqualTo(ChangeEnd.NOT_WANTED);
        assertThat(store.stream("live").wanted()).isTrue();
        assertThat(end(a.node.stop("live", settings -> "2".equals(settings.get("start")), schedule.nowNs())))
                .isEqualTo(ChangeEnd.DONE);
    }

    @Test
    void aStopThatIsFollowedByAStartBetweenTwoTicksEndsWhatRanAllTheSame() {
        Member a = new Member("a", "1");
        schedule.runFor(Schedule.SECOND);
        end(a.node.start("live", Map.of("start", "1"), schedule.nowNs()));
        await(() -> !a.owned.isEmpty());
        schedule.runFor(Schedule.SECOND);
        String key = BucketKeys.ofStream("live");
        StreamEntry entry = store.stream("live");
        store.write(key, EntryText.of(entry.unwant()), store.read(key).revision());
        StreamEntry again = entry.want(Map.of("start", "2"));
        store.write(key, EntryText.of(again), store.read(key).revision());
        await(() -> a.told.contains("run live 2 {start=2}"));
        assertThat(a.told).contains("run live 1 {start=1}", "stop live 1 NOT_WANTED");
        assertThat(a.owned).containsEntry("live", 2L);
    }

    @Test
    void moreUnfinishedEpochsThanAnEntryTellsAreTold() {
        StreamEntry entry = StreamEntry.of("live", Map.of());
        for (int i = 0; i < ClusterTerms.DEFAULT.mostTails(); i++) {
            entry = entry.claim(new Owner("gone", i), entry.next(), 4);
        }
        entry = entry.release(entry.next());
        store.write(BucketKeys.ofStream("live"), EntryText.of(entry), Bucket.ABSENT);
        Member a = new Member("a", "1");
        await(() -> !a.owned.isEmpty());
        a.node.takeNumber("live", a.owned.get("live"), schedule.nowNs());
        a.node.drainToLeave();
        await(a.owned::isEmpty);
        await(() -> store.stream("live").owner() == null);
        assertThat(a.told).contains("dropped 1");
        assertThat(store.stream("live").tails()).hasSize(ClusterTerms.DEFAULT.mostTails());
    }
}
