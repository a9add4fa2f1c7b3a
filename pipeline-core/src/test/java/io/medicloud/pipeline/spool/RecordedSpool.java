// SPDX-License-Identifier: Apache-2.0
package io.medicloud.pipeline.spool;

import io.medicloud.pipeline.timeline.Place;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Keeps what a spool tells. */
final class RecordedSpool implements SpoolSink {
    final List<SealedSegment> sealed = new CopyOnWriteArrayList<>();
    final List<String> told = new CopyOnWriteArrayList<>();
    final List<Long> opened = new CopyOnWriteArrayList<>();

    @Override
    public void onOpened(long sequence, Place place) {
        opened.add(sequence);
    }

    @Override
    public void onSealed(SealedSegment segment) {
        sealed.add(segment);
        told.add("sealed " + segment.sequence() + (segment.incomplete() ? " incomplete" : ""));
    }

    @Override
    public void onLost(long sequence, String reason) {
        told.add("lost " + sequence + ": " + reason);
    }

    @Override
    public void onDropped(long bytes, String reason) {
        told.add("dropped " + bytes + ": " + reason);
    }

    @Override
    public void onDrained() {
        told.add("drained");
    }

    /** Tells this one, and then fails, whatever it is told but the end. */
    SpoolSink failing(Throwable failure) {
        return (SpoolSink) Proxy.newProxyInstance(
                SpoolSink.class.getClassLoader(), new Class<?>[] {SpoolSink.class}, (proxy, method, arguments) -> {
                    method.invoke(this, arguments);
                    if (!method.getName().equals("onDrained")) {
                        throw failure;
                    }
                    return null;
                });
    }
}
