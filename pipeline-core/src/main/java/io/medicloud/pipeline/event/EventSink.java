// SPDX-License-Identifier: Apache-2.0
package io.medicloud.pipeline.event;

/** Takes events. Called from a stream's own thread, the spool's and the uploads', also at once: it must not block. */
@FunctionalInterface
public interface EventSink {
    /** Hears nothing. */
    EventSink NONE = event -> {};

    void onEvent(StreamEvent event);
}
