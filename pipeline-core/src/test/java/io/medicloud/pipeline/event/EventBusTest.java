// SPDX-License-Identifier: Apache-2.0
package io.medicloud.pipeline.event;

import static io.medicloud.pipeline.support.Patience.await;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class EventBusTest {
    private static StreamEvent event(int number) {
        return new StreamEvent.Disconnected("live", Instant.EPOCH, Integer.toString(number));
    }

    /** Writes down what it hears: events by their number, gaps as negative numbers. */
    private static final class Recorder implements EventSubscriber {
        private final List<Integer> heard = new ArrayList<>();

        @Override
        public synchronized void onEvent(StreamEvent event) {
            heard.add(Integer.parseInt(((StreamEvent.Disconnected) event).reason()));
        }

        @Override
        public synchronized void onLagged(long missed) {
            heard.add((int) -missed);
        }

        synchronized List<Integer> heard() {
            return List.copyOf(heard);
        }

        /** How many events are accounted for; fails if a number comes where another belongs. */
        int accounted() {
            int next = 1;
            for (int entry : heard()) {
                if (entry < 0) {
                    next -= entry;
                } else {
                    assertThat(entry).isEqualTo(next);
                    next++;
                }
            }
            return next - 1;
        }
    }

    @Test
    void everySubscriberHearsWhatItWantsInOrder() {
        EventBus bus = new EventBus();
        Recorder one = new Recorder();
        Recorder two = new Recorder();
        bus.subscribe(event -> true, 10, Runnable::run, one);
        bus.subscribe(event -> event.streamId().equals("other"), 10, Runnable::run, two);

        bus.onEvent(event(1));
        bus.onEvent(event(2));

        assertThat(one.heard()).containsExactly(1, 2);
        assertThat(two.heard()).isEmpty();
    }

    @Test
    void aSlowSubscriberIsToldHowMuchItMissedAndHoldsUpNobody() {
        EventBus bus = new EventBus();
        CountDownLatch stuck = new CountDownLatch(1);
        Recorder fast = new Recorder();
        Recorder slow = new Recorder();
        ExecutorService executor = Executors.newCachedThreadPool();
        try {
            bus.subscribe(event -> true, 5, executor, new EventSubscriber() {
                @Override
                public void onEvent(StreamEvent event) {
                    awaitQuietly(stuck);
                    slow.onEvent(event);
                }

                @Override
                public void onLagged(long missed) {
                    slow.onLagged(missed);
                }
            });
            bus.subscribe(event -> true, 1000, executor, fast);
            for (int i = 1; i <= 100; i++) {
                bus.onEvent(event(i));
            }
            await().until(() -> fast.accounted() == 100);
            assertThat(slow.heard()).isEmpty();
            stuck.countDown();
            await().until(() -> slow.accounted() == 100);
        } finally {
            executor.shutdownNow();
        }
        assertThat(slow.heard()).contains(1);
        // Told in two parts if its thread began late.
        assertThat(slow.heard().stream()
                        .filter(entry -> entry < 0)
                        .mapToInt(entry -> -entry)
                        .sum())
                .isGreaterThan(80);
        assertThat(fast.heard()).hasSize(100);
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            assertThat(latch.await(20, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Property(tries = 300)
    void whateverTheTimingNothingIsLostUntold(
            @ForAll @IntRange(min = 1, max = 5) int mostQueued,
            @ForAll @Size(max = 60) List<@IntRange(min = 0, max = 3) Integer> steps) {
        Queue<Runnable> tasks = new ArrayDeque<>();
        EventBus bus = new EventBus();
        Recorder recorder = new Recorder();
        Subscription subscription = bus.subscribe(event -> true, mostQueued, tasks::add, recorder);
        int told = 0;
        for (int step : steps) {
            if (step > 0) {
                told++;
                bus.onEvent(event(told));
            } else if (!tasks.isEmpty()) {
                tasks.remove().run();
            }
        }
        while (!tasks.isEmpty()) {
            tasks.remove().run();
        }

        assertThat(recorder.accounted()).isEqualTo(told);
        assertThat(subscription.missed())
                .isEqualTo(-recorder.heard().stream()
                        .mapToLong(entry -> entry)
                        .filter(entry -> entry < 0)
                        .sum());
    }

    @Test
    void oneThatThrowsIsTakenOffAndTheOthersHearOn() {
        EventBus bus = new EventBus();
        Recorder other = new Recorder();
        bus.subscribe(event -> true, 10, Runnable::run, event -> {
            throw new IllegalStateException("a subscriber of this test");
        });
        bus.subscribe(event -> true, 10, Runnable::run, other);

        bus.onEvent(event(1));
        bus.onEvent(event(2));

        assertThat(other.heard()).containsExactly(1, 2);
        assertThat(bus.subscribers()).isEqualTo(1);
    }

    @Test
    void oneThatClosesHearsNoMore() {
        EventBus bus = new EventBus();
        Recorder recorder = new Recorder();
        Queue<Runnable> tasks = new ArrayDeque<>();
        Subscription subscription = bus.subscribe(event -> true, 10, tasks::add, recorder);
        bus.onEvent(event(1));

        subscription.close();
        tasks.remove().run();
        bus.onEvent(event(2));

        assertThat(recorder.heard()).isEmpty();
        assertThat(tasks).isEmpty();
        assertThat(bus.subscribers()).isZero();
    }
}
