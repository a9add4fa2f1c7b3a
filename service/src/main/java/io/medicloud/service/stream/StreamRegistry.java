// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.stream;

import io.medicloud.mpegts.segment.SegmentPolicy;
import io.medicloud.pipeline.Pipeline;
import io.medicloud.pipeline.PipelineConfig;
import io.medicloud.pipeline.Pipelines;
import io.medicloud.pipeline.event.EventSink;
import io.medicloud.pipeline.event.StreamEvent;
import io.medicloud.service.config.SegmentConfig;
import io.medicloud.service.config.ServiceConfig;
import io.medicloud.service.stream.StreamException.Kind;
import io.medicloud.srt.SrtListener;
import io.medicloud.srt.SrtOptions;
import io.medicloud.srt.SrtStack;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The streams that are open. Thread-safe; {@link #start} blocks for as long as the store may be asked what it holds. */
public final class StreamRegistry implements EventSink {
    private static final Logger LOG = LoggerFactory.getLogger(StreamRegistry.class);

    private final ServiceConfig config;
    private final SrtStack stack;
    private final Pipelines pipelines;
    private final SrtPorts ports;
    private final PortRelease portRelease;
    /** By live id; a stream that is being started has none yet. */
    private final Map<String, Optional<LiveStream>> streams = new HashMap<>();

    private boolean isDraining;

    public StreamRegistry(ServiceConfig config, SrtStack stack, Pipelines pipelines) {
        this.config = config;
        this.stack = stack;
        this.pipelines = pipelines;
        this.ports = new SrtPorts(config.srt().host(), config.srt().ports());
        this.portRelease = new PortRelease(ports);
    }

    /**
     * Makes the service listen for a stream.
     *
     * @throws StreamException if it cannot; the kind says why
     */
    public StreamInfo start(StreamSpec spec) throws StreamException {
        spec.check();
        reserve(spec.liveId());
        LiveStream stream = null;
        try {
            stream = open(spec);
        } finally {
            synchronized (streams) {
                if (stream == null) {
                    streams.remove(spec.liveId());
                } else {
                    streams.put(spec.liveId(), Optional.of(stream));
                }
            }
        }
        LiveStream opened = stream;
        opened.pipeline().ended().whenComplete((end, failure) -> onPipelineEnded(opened));
        opened.pipeline().start(opened.encoder());
        LOG.info("{}: waits for its encoder on port {}", opened.liveId(), opened.port());
        if (isDraining()) {
            stop(spec.liveId(), config.shutdownTimeout());
        }
        return opened.info();
    }

    private void reserve(String liveId) throws StreamException {
        synchronized (streams) {
            if (isDraining) {
                throw new StreamException(Kind.UNAVAILABLE, "the service is shutting down; try another");
            }
            if (streams.containsKey(liveId)) {
                throw new StreamException(Kind.ALREADY_EXISTS, "live_id: stream " + liveId + " is open already");
            }
            if (streams.size() >= config.stream().limit()) {
                throw new StreamException(
                        Kind.EXHAUSTED, "stream.limit: " + config.stream().limit() + " streams are open, no more may");
            }
            streams.put(liveId, Optional.empty());
        }
    }

    private LiveStream open(StreamSpec spec) throws StreamException {
        EncoderSource encoder = new EncoderSource(spec.liveId());
        SrtOptions options = options(spec);
        SrtListener listener = bind(encoder, options);
        encoder.takeListener(listener);
        int port = listener.localAddress().getPort();
        boolean isOpen = false;
        try {
            Pipeline pipeline = pipelines.open(pipelineConfig(spec));
            isOpen = true;
            return new LiveStream(
                    spec.liveId(),
                    spec.passphrase(),
                    port,
                    encoder,
                    pipeline,
                    new Watchers(config.stream().watchers()),
                    new CompletableFuture<>());
        } catch (IllegalStateException e) {
            throw new StreamException(Kind.UNAVAILABLE, "live_id: " + e.getMessage() + "; try again later");
        } catch (IOException e) {
            LOG.error("{}: cannot be started: {}", spec.liveId(), e.getMessage());
            throw new StreamException(Kind.UNAVAILABLE, "cacheDir: the spool cannot be written: " + e.getMessage());
        } finally {
            if (!isOpen) {
                encoder.close();
                portRelease.whenFree(port);
            }
        }
    }

    private SrtListener bind(EncoderSource encoder, SrtOptions options) throws StreamException {
        try {
            return ports.bind(address -> stack.listen(address, options, encoder));
        } catch (IOException e) {
            LOG.error("no stream can listen: {}", e.getMessage());
            throw new StreamException(Kind.UNAVAILABLE, "srt.host: cannot listen: " + e.getMessage());
        }
    }

    private SrtOptions options(StreamSpec spec) throws StreamException {
        Duration latency = spec.latency() == null ? config.srt().latency() : spec.latency();
        SrtOptions options = SrtOptions.STANDARD.withLatencyMs(Math.toIntExact(latency.toMillis()));
        if (spec.passphrase().isEmpty()) {
            return options;
        }
        try {
            return options.withPassphrase(spec.passphrase().reveal());
        } catch (IllegalArgumentException e) {
            throw new StreamException(Kind.INVALID, "passphrase: must be 10 to 79 characters");
        }
    }

    private PipelineConfig pipelineConfig(StreamSpec spec) {
        SegmentConfig segment = config.segment();
        Duration target = spec.segmentDuration() == null ? segment.duration() : spec.segmentDuration();
        Duration longest = segment.maxDuration().isZero() ? target.multipliedBy(2) : segment.maxDuration();
        Duration most = longest.compareTo(target) < 0 ? target : longest;
        return PipelineConfig.of(spec.liveId(), new SegmentPolicy(target, most, segment.maxBytes()))
                .withReconnectWindow(config.stream().reconnectWindow());
    }

    private void onPipelineEnded(LiveStream stream) {
        portRelease.whenFree(stream.port()).whenComplete((done, failure) -> {
            synchronized (streams) {
                streams.remove(stream.liveId());
            }
            stream.watchers().onEnded();
            stream.closed().complete(null);
        });
    }

    /**
     * Ends a stream.
     *
     * @return completes when its port is free and its last segment is sealed and, if the store took it in time, uploaded; with false if there
     *     is no such stream
     */
    public CompletionStage<Boolean> stop(String liveId) {
        return stop(liveId, config.stream().uploadWait());
    }

    private CompletionStage<Boolean> stop(String liveId, Duration patience) {
        LiveStream stream = find(liveId);
        if (stream == null) {
            return CompletableFuture.completedFuture(false);
        }
        stream.pipeline().stop("stopped", patience);
        return stream.closed().thenApply(done -> true);
    }

    /** The ids of the streams that are open, in alphabetical order. */
    public List<String> liveIds() {
        synchronized (streams) {
            return streams.entrySet().stream()
                    .filter(entry -> entry.getValue().isPresent())
                    .map(Map.Entry::getKey)
                    .sorted()
                    .toList();
        }
    }

    /** A stream as it is known from outside. */
    public StreamInfo info(String liveId) throws StreamException {
        return require(liveId).info();
    }

    /**
     * Tells a watcher of a stream's state, from what is true already.
     *
     * @return takes the watcher off again
     */
    public Runnable watch(String liveId, StatusSink sink) throws StreamException {
        return require(liveId).watchers().add(sink);
    }

    /** Takes no more streams, and ends all there are within the time, each as {@link #stop} does. */
    public CompletionStage<Void> drain(Duration patience) {
        List<String> ids;
        synchronized (streams) {
            isDraining = true;
            ids = new ArrayList<>(streams.keySet());
        }
        return CompletableFuture.allOf(
                ids.stream().map(id -> stop(id, patience).toCompletableFuture()).toArray(CompletableFuture[]::new));
    }

    @Override
    public void onEvent(StreamEvent event) {
        if (event instanceof StreamEvent.MediaFlowing) {
            LiveStream stream = find(event.streamId());
            if (stream != null) {
                stream.watchers().onStreaming();
            }
        }
    }

    private boolean isDraining() {
        synchronized (streams) {
            return isDraining;
        }
    }

    private LiveStream require(String liveId) throws StreamException {
        StreamSpec.requireLiveId(liveId);
        LiveStream stream = find(liveId);
        if (stream == null) {
            throw new StreamException(Kind.NOT_FOUND, "live_id: there is no stream of that id");
        }
        return stream;
    }

    private @Nullable LiveStream find(String liveId) {
        synchronized (streams) {
            return streams.getOrDefault(liveId, Optional.empty()).orElse(null);
        }
    }
}
