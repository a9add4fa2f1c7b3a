// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.stream;

import io.medicloud.pipeline.event.StreamEvent;
import io.medicloud.service.config.ServiceConfig;
import io.medicloud.service.security.CallerGate;
import io.medicloud.service.security.PullTargets;
import io.medicloud.service.stream.StreamException.Kind;
import io.medicloud.srt.SrtListener;
import io.medicloud.srt.SrtOption;
import io.medicloud.srt.SrtOptions;
import io.medicloud.srt.SrtStack;
import io.medicloud.srt.SrtUri;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Opens the way in that a stream asks for. Thread-safe. */
final class Feeds implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Feeds.class);
    /** Calls wait for the look-up of a host; so many do so at once. */
    private static final int CALLING_THREADS = 4;

    private final Supplier<ServiceConfig> config;
    private final SrtStack stack;
    private final @Nullable SharedPort shared;
    private final CallerGate gate;
    private final SrtPorts ports;
    private final PortRelease portRelease;
    private final Consumer<StreamEvent> events;
    private final ScheduledThreadPoolExecutor calling = new ScheduledThreadPoolExecutor(CALLING_THREADS, work -> {
        Thread thread = new Thread(work, "srt-calling");
        thread.setDaemon(true);
        return thread;
    });

    /**
     * @param shared null if there is no shared port
     * @param gate who may call at all
     * @param events hears when a source has to be called again
     */
    Feeds(
            Supplier<ServiceConfig> config,
            SrtStack stack,
            @Nullable SharedPort shared,
            CallerGate gate,
            Consumer<StreamEvent> events) {
        this.events = events;
        this.gate = gate;
        this.config = config;
        this.stack = stack;
        this.shared = shared;
        this.ports = new SrtPorts(config.get().srt().host(), config.get().srt().ports());
        this.portRelease = new PortRelease(ports);
        calling.setRemoveOnCancelPolicy(true);
    }

    /** Those that streams have for themselves. */
    SrtPorts ports() {
        return ports;
    }

    int heldPorts() {
        return ports.held();
    }

    /**
     * Opens it; the source's is the first connection from {@link SrtSource#start} on.
     *
     * @param port the port that is to be its own again, if it needs one and that is still one of ours; 0 for any
     * @throws StreamException if it cannot be opened; the kind says why
     */
    Feed open(StreamSpec spec, SrtSource source, int port) throws StreamException {
        if (spec.ingress() instanceof Ingress.Pull pull) {
            Duration window = StreamSettings.or(
                    spec.settings().reconnectWindow(), config.get().stream().reconnectWindow());
            requireAllowed(pull.uri());
            return new PullFeed(
                    spec.liveId(),
                    stack,
                    pull.uri(),
                    options(spec, pull.uri()),
                    source,
                    window,
                    () -> config.get().security().pullTargets(),
                    reason -> events.accept(new StreamEvent.Reconnecting(spec.liveId(), Instant.now(), reason)),
                    calling);
        }
        if (spec.ingress() instanceof Ingress.Shared place) {
            if (shared == null) {
                throw new StreamException(
                        Kind.PRECONDITION, "stream_id: there is no shared port; set srt.sharedPort to have one");
            }
            return shared.add(place.resource(), source);
        }
        SrtOptions options = SrtOptions.STANDARD
                .withLatencyMs(Math.toIntExact(latency(spec).toMillis()))
                .withPassphrase(spec.passphrase().reveal());
        try {
            SrtPorts.Binder<SrtListener> binder = address ->
                    stack.listen(address, options, request -> gate.decide(request, source::decide, source.refusals()));
            SrtListener listener =
                    ports.contains(port) ? ports.bindAt(port, binder) : ports.bind(spec.liveId(), binder);
            return new OwnPort(listener, portRelease);
        } catch (IOException e) {
            LOG.error("no stream can listen: {}", e.getMessage());
            throw new StreamException(Kind.UNAVAILABLE, "srt.host: cannot listen: " + e.getMessage());
        }
    }

    /** Told at once rather than by a stream that fails; a host that is not known now may be later. */
    private void requireAllowed(SrtUri uri) throws StreamException {
        try {
            var unused = config.get().security().pullTargets().resolve(uri.host(), uri.port());
        } catch (PullTargets.RefusedException e) {
            throw new StreamException(Kind.INVALID, "source_url: " + e.getMessage());
        } catch (IOException e) {
            LOG.debug("{} is not known yet", uri.host(), e);
        }
    }

    /** What the request says in fields of its own goes before what the URL says, and that before what is configured. */
    private SrtOptions options(StreamSpec spec, SrtUri uri) {
        SrtOptions options = uri.options().withPassphrase(spec.passphrase().reveal());
        boolean isSaid = options.isSet(SrtOption.LATENCY) || options.isSet(SrtOption.RCVLATENCY);
        if (spec.settings().latency() != null || !isSaid) {
            options = options.with(SrtOption.RCVLATENCY, latency(spec).toMillis());
        }
        return options;
    }

    /** The latency that a stream asks for, or the configured one. */
    Duration latency(StreamSpec spec) {
        return StreamSettings.or(spec.settings().latency(), config.get().srt().latency());
    }

    @Override
    public void close() {
        calling.shutdownNow();
    }
}
