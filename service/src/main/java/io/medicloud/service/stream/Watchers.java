// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.stream;

import io.medicloud.service.stream.StreamException.Kind;
import java.util.ArrayList;
import java.util.List;

/** Who watches one stream. Each hears at most two things, so none can pile up. Thread-safe. */
final class Watchers {
    private final int limit;
    private final List<Watch> watches = new ArrayList<>();
    private boolean isStreaming;
    private boolean isEnded;
    /** It has ended here, and goes on elsewhere or later. */
    private boolean isLeft;

    Watchers(int limit) {
        this.limit = limit;
    }

    /**
     * Adds a watcher, and tells it at once what is true already.
     *
     * @return takes it off again
     */
    Runnable add(StatusSink sink) throws StreamException {
        Watch watch = new Watch(sink);
        synchronized (this) {
            if (!isEnded && watches.size() >= limit) {
                throw new StreamException(
                        Kind.EXHAUSTED, "stream.watchers: " + limit + " watch this stream already, no more may");
            }
            if (!isEnded) {
                watches.add(watch);
            }
        }
        tell(watch);
        return () -> remove(watch);
    }

    /** Media flows. */
    void onStreaming() {
        List<Watch> told;
        synchronized (this) {
            isStreaming = true;
            told = List.copyOf(watches);
        }
        told.forEach(this::tell);
    }

    /** The stream has ended. */
    void onEnded() {
        end(false);
    }

    /** The stream goes on, but not here and now. */
    void onLeft() {
        end(true);
    }

    private void end(boolean goesOn) {
        List<Watch> told;
        synchronized (this) {
            isLeft = goesOn;
            isEnded = true;
            told = List.copyOf(watches);
            watches.clear();
        }
        told.forEach(this::tell);
    }

    synchronized int count() {
        return watches.size();
    }

    private synchronized void remove(Watch watch) {
        watches.remove(watch);
    }

    private void tell(Watch watch) {
        boolean streaming;
        boolean ended;
        boolean left;
        synchronized (this) {
            streaming = isStreaming;
            ended = isEnded;
            left = isLeft;
        }
        watch.tell(streaming, ended, left);
    }

    /** What one watcher has heard. */
    private static final class Watch {
        private final StatusSink sink;
        private boolean heardStreaming;
        private boolean heardEnded;

        Watch(StatusSink sink) {
            this.sink = sink;
        }

        synchronized void tell(boolean streaming, boolean ended, boolean left) {
            if (streaming && !heardStreaming && !heardEnded) {
                heardStreaming = true;
                sink.onStreaming();
            }
            if (ended && !heardEnded) {
                heardEnded = true;
                if (left) {
                    sink.onLeft();
                } else {
                    sink.onEnded();
                }
            }
        }
    }
}
