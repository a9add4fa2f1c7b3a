// SPDX-License-Identifier: Apache-2.0
package io.medicloud.pipeline.event;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.function.Predicate;

/**
 * Hands events to many subscribers without waiting for any. Each has a queue of bounded length and its own executor: one
 * that is too slow loses events, is told how many, and costs the others nothing. Thread-safe.
 */
public final class EventBus implements EventSink {
    private final List<Subscription> subscriptions = new CopyOnWriteArrayList<>();

    /** A bus that nobody listens to yet. */
    public EventBus() {}

    @Override
    public void onEvent(StreamEvent event) {
        for (Subscription subscription : subscriptions) {
            subscription.offer(event);
        }
    }

    /**
     * Adds a subscriber; it hears what happens from now on.
     *
     * @param wanted which events; called on the publisher's thread, must be quick
     * @param mostQueued how many events may wait for the subscriber, at least 1
     * @param executor where the subscriber is called; if it refuses a task, the subscription ends
     */
    public Subscription subscribe(
            Predicate<StreamEvent> wanted, int mostQueued, Executor executor, EventSubscriber subscriber) {
        Subscription subscription = new Subscription(this, wanted, mostQueued, executor, subscriber);
        subscriptions.add(subscription);
        return subscription;
    }

    /** How many subscribe now. */
    public int subscribers() {
        return subscriptions.size();
    }

    void remove(Subscription subscription) {
        subscriptions.remove(subscription);
    }
}
