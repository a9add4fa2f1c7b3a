// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.stream;

/** Hears whether a stream's media flows: {@link #onStreaming} at most once, then {@link #onEnded} or {@link #onLeft} once. Any thread; must not block. */
public interface StatusSink {
    /** Media flows. */
    void onStreaming();

    /** The stream has ended: stopped, failed, or away for longer than its reconnect window. Nothing follows. */
    void onEnded();

    /** The stream goes on, but not here and now: this service ends, and goes on with it after its next start, or another node has it. Nothing follows. */
    void onLeft();
}
