// SPDX-License-Identifier: Apache-2.0
package io.medicloud.pipeline.event;

/** One who listens to an {@link EventBus}, on its own executor, never by two threads at once. May block: only it waits. */
public interface EventSubscriber {
    void onEvent(StreamEvent event);

    /** So many events that belong here were dropped, because this subscriber was too slow for its queue. */
    default void onLagged(long missed) {}
}
