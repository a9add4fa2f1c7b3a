// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.otlp;

import io.medicloud.pipeline.store.ObjectHeaders;
import io.medicloud.pipeline.store.SegmentObject;
import io.medicloud.pipeline.store.SegmentStore;
import io.medicloud.pipeline.store.StoreException;
import io.medicloud.pipeline.store.StoreHealth;
import io.medicloud.pipeline.store.StoredFacts;
import io.medicloud.pipeline.store.StoredObject;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import java.io.InputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Predicate;

/** Follows each attempt to store a segment, and leaves everything else to the store behind it, which it does not own. Thread-safe. */
final class TracedStore implements SegmentStore {
    private final SegmentStore store;
    private final Tracer tracer;
    private final SegmentTraces traces;
    private final Attempts attempts;

    /** The attempts that are under way, by the key that they are for: one at a time for each. Thread-safe. */
    static final class Attempts implements ObjectHeaders {
        private final Map<String, Map<String, String>> headers = new ConcurrentHashMap<>();

        @Override
        public Map<String, String> of(String key) {
            return headers.getOrDefault(key, Map.of());
        }
    }

    TracedStore(SegmentStore store, Tracer tracer, SegmentTraces traces, Attempts attempts) {
        this.store = store;
        this.tracer = tracer;
        this.traces = traces;
        this.attempts = attempts;
    }

    @Override
    public Put put(SegmentObject segment) throws StoreException {
        SegmentTrace trace = traces.ofKey(segment.key());
        if (trace == null) {
            return store.put(segment);
        }
        Span span = tracer.spanBuilder("upload")
                .setParent(trace.context())
                .setSpanKind(SpanKind.CLIENT)
                .setAttribute(Keys.OBJECT, segment.key())
                .startSpan();
        attempts.headers.put(segment.key(), Carrier.write(trace.context().with(span)));
        try {
            Put found = store.put(segment);
            span.setAttribute(Keys.PUT, word(found));
            return found;
        } catch (StoreException e) {
            span.setAttribute(Keys.ERROR, word(e.kind())).setStatus(StatusCode.ERROR, String.valueOf(e.getMessage()));
            throw e;
        } finally {
            attempts.headers.remove(segment.key());
            span.end();
        }
    }

    private static String word(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }

    @Override
    public void abandon(String key) throws StoreException {
        store.abandon(key);
    }

    @Override
    public int abandonOld(Predicate<String> isOurs, Instant before) throws StoreException {
        return store.abandonOld(isOurs, before);
    }

    @Override
    public void replace(String key, byte[] content, String contentType) throws StoreException {
        store.replace(key, content, contentType);
    }

    @Override
    public void delete(String key) throws StoreException {
        store.delete(key);
    }

    @Override
    public void list(String prefix, Consumer<StoredObject> each) throws StoreException {
        store.list(prefix, each);
    }

    @Override
    public Optional<StoredFacts> find(String key) throws StoreException {
        return store.find(key);
    }

    @Override
    public InputStream read(String key) throws StoreException {
        return store.read(key);
    }

    @Override
    public InputStream read(String key, long offset, long length) throws StoreException {
        return store.read(key, offset, length);
    }

    @Override
    public StoreHealth check() {
        return store.check();
    }

    @Override
    public String urlOf(String key, Duration expiry) throws StoreException {
        return store.urlOf(key, expiry);
    }

    @Override
    public String locationOf(String key) {
        return store.locationOf(key);
    }

    /** Nothing of its own; the store's owner closes it. */
    @Override
    public void close() {}
}
