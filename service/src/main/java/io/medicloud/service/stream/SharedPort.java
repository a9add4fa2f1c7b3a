// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.stream;

import io.medicloud.service.security.CallerGate;
import io.medicloud.service.security.CallerRefusal;
import io.medicloud.service.stream.StreamException.Kind;
import io.medicloud.service.text.OneLine;
import io.medicloud.srt.RejectReason;
import io.medicloud.srt.SrtAdmission;
import io.medicloud.srt.SrtListener;
import io.medicloud.srt.SrtOptions;
import io.medicloud.srt.SrtRequest;
import io.medicloud.srt.SrtStack;
import io.medicloud.srt.SrtStreamId;
import io.medicloud.srt.SrtVerdict;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One port for many streams, which callers tell apart by stream id. Each stream has its own passphrase and latency. Thread-safe. */
public final class SharedPort implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SharedPort.class);
    /** A caller that is turned away calls again at once: what is wrong is logged this often, and always counted. */
    private static final long LEAST_LOG_NS = TimeUnit.SECONDS.toNanos(10);
    /** As SRT names it: the media is not supported. */
    private static final RejectReason UNSUPPORTED_MEDIA = new RejectReason(1415);

    private final Map<String, SrtSource> streams = new ConcurrentHashMap<>();
    private final AtomicLong rejected = new AtomicLong();
    private final AtomicLong lastLogNs = new AtomicLong(System.nanoTime() - LEAST_LOG_NS);
    private final CallerGate.Refusals refused;
    private final SrtListener listener;

    /**
     * Binds the port.
     *
     * @param gate who may call at all
     * @throws IOException if it cannot; the message says why
     */
    public SharedPort(SrtStack stack, InetSocketAddress address, CallerGate gate, CallerGate.Refusals refused)
            throws IOException {
        this.refused = refused;
        listener = stack.listen(
                address, SrtOptions.STANDARD, (SrtAdmission) request -> gate.decide(request, this::decide, refused));
    }

    /** Where it is bound. */
    public int port() {
        return listener.localAddress().getPort();
    }

    /** Callers that asked for no stream that is open here, or asked in a way that cannot be met. */
    long rejectedCallers() {
        return rejected.get();
    }

    /**
     * Lets callers with this stream id in, as the stream decides.
     *
     * @param resource what a stream id asks for: a plain one as it is, of a structured one the {@code r}
     * @throws StreamException {@link Kind#ALREADY_EXISTS} if another stream has it
     */
    Feed add(String resource, SrtSource source) throws StreamException {
        if (streams.putIfAbsent(resource, source) != null) {
            throw new StreamException(Kind.ALREADY_EXISTS, "stream_id: another stream has '" + resource + "' already");
        }
        return new Place(resource, source);
    }

    private SrtVerdict decide(SrtRequest request, CallerGate.Caller caller) {
        SrtStreamId id;
        try {
            id = SrtStreamId.parse(request.streamId());
        } catch (IllegalArgumentException e) {
            return reject(request, RejectReason.BAD_REQUEST);
        }
        SrtSource source = streams.get(id.resource());
        if (source == null) {
            return reject(request, RejectReason.NOT_FOUND);
        }
        if (id.isStructured() && !id.mode().equals("publish")) {
            return reject(request, RejectReason.BAD_MODE);
        }
        if (!id.type().equals("stream")) {
            return reject(request, UNSUPPORTED_MEDIA);
        }
        return source.decide(request, caller);
    }

    private SrtVerdict reject(SrtRequest request, RejectReason reason) {
        refused.onRefused(CallerRefusal.STREAM_ID, request.peer());
        long count = rejected.incrementAndGet();
        long nowNs = System.nanoTime();
        long last = lastLogNs.get();
        if (nowNs - last >= LEAST_LOG_NS && lastLogNs.compareAndSet(last, nowNs)) {
            LOG.info(
                    "port {}: a caller at {} with stream id '{}' is turned away: {}; {} so far",
                    port(),
                    request.peer(),
                    OneLine.of(request.streamId()),
                    reason,
                    count);
        }
        return SrtVerdict.reject(reason);
    }

    @Override
    public void close() {
        listener.close();
    }

    /** One stream's place on the port. */
    private final class Place implements Feed {
        private final String resource;
        private final SrtSource source;

        Place(String resource, SrtSource source) {
            this.resource = resource;
            this.source = source;
        }

        @Override
        public int port() {
            return SharedPort.this.port();
        }

        @Override
        public void begin() {}

        @Override
        public void onMedia() {}

        @Override
        public void onIdle(String why) {}

        @Override
        public void setReconnectWindow(Duration window) {
            // The pipeline's to judge.
        }

        @Override
        public void close() {
            streams.remove(resource, source);
        }

        @Override
        public CompletionStage<Void> released() {
            return CompletableFuture.completedFuture(null);
        }
    }
}
