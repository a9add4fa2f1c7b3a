// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.otlp;

import io.medicloud.pipeline.spool.SealedSegment;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** One segment's spans: from its first bytes until it stands in the bucket and in the stream's manifest there. Thread-safe. */
final class SegmentTrace {
    private final Tracer tracer;
    private final String key;
    private final Span whole;
    private final Context context;
    /** What is added to monotonic time to get nanoseconds since 1970; one for the whole segment, whatever the wall clock does. */
    private final long epochOffsetNs;

    private final AtomicBoolean isOver = new AtomicBoolean();
    private volatile long storedNs;

    /**
     * Begins with what is over by then: it was received, and sealed.
     *
     * @param builder of the span of it all, with its parent or links
     * @param took from the arrival of the last bytes until it was sealed
     */
    SegmentTrace(Tracer tracer, SpanBuilder builder, SealedSegment segment, Duration took) {
        this.tracer = tracer;
        this.key = segment.key();
        Instant now = Instant.now();
        this.epochOffsetNs = TimeUnit.SECONDS.toNanos(now.getEpochSecond()) + now.getNano() - System.nanoTime();
        long arrivedNs = epochNs(segment.arrivedUs());
        long beganNs = segment.beganUs() == SealedSegment.NOT_KNOWN
                ? arrivedNs
                : Math.min(epochNs(segment.beganUs()), arrivedNs);
        this.whole = builder.setStartTimestamp(beganNs, TimeUnit.NANOSECONDS).startSpan();
        this.context = Context.root().with(whole);
        describe(segment);
        child("receive", beganNs, arrivedNs);
        child("seal", arrivedNs, arrivedNs + took.toNanos());
    }

    private void describe(SealedSegment segment) {
        if (whole.isRecording()) {
            whole.setAttribute(Keys.STREAM, segment.streamId())
                    .setAttribute(Keys.SEQUENCE, segment.sequence())
                    .setAttribute(Keys.OBJECT, segment.key())
                    .setAttribute(Keys.BYTES, segment.bytes())
                    .setAttribute(Keys.SECONDS, segment.facts().durationSeconds())
                    .setAttribute(Keys.INDEPENDENT, segment.facts().independent())
                    .setAttribute(Keys.INCOMPLETE, segment.incomplete());
        }
    }

    private long epochNs(long monotonicUs) {
        return epochOffsetNs + TimeUnit.MICROSECONDS.toNanos(monotonicUs);
    }

    private long nowNs() {
        return epochOffsetNs + System.nanoTime();
    }

    private void child(String name, long fromNs, long toNs) {
        tracer.spanBuilder(name)
                .setParent(context)
                .setStartTimestamp(fromNs, TimeUnit.NANOSECONDS)
                .startSpan()
                .end(toNs, TimeUnit.NANOSECONDS);
    }

    /** Where it goes in the store. */
    String key() {
        return key;
    }

    /** Where its parts belong. */
    Context context() {
        return context;
    }

    void onStored() {
        storedNs = nowNs();
    }

    void onListed() {
        long fromNs = storedNs;
        if (fromNs != 0) {
            child("list", fromNs, Math.max(fromNs, nowNs()));
        }
    }

    /**
     * Nothing more happens to it; only the first such word counts.
     *
     * @param fault what it ended with, in one line; null for the bucket
     */
    void end(@Nullable String fault) {
        if (isOver.compareAndSet(false, true)) {
            if (fault != null) {
                whole.setStatus(StatusCode.ERROR, fault);
            }
            whole.end(nowNs(), TimeUnit.NANOSECONDS);
        }
    }
}
