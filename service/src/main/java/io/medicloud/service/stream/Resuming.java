// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.stream;

import io.medicloud.service.config.SegmentConfig;
import io.medicloud.service.log.LogFields;
import io.medicloud.service.stream.StreamException.Kind;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Starts again the streams that were to run when the process before this one ended. Thread-safe. */
final class Resuming {
    private static final Logger LOG = LoggerFactory.getLogger(Resuming.class);
    /** Each may wait for the store to say which segments it has. */
    private static final int THREADS = 16;

    private static final int AGAIN_MS = 2000;

    /** How a stream is started, on its port. */
    interface Starter {
        void start(WantedStreams.Wanted stream) throws StreamException;
    }

    private final Supplier<SegmentConfig> segment;
    private final WantedStreams wanted;
    private final SrtPorts ports;
    private final Starter starter;
    private final BooleanSupplier isDraining;
    /** By live id: those that were to run, and do not yet, also such as are not tried any more; a client may want them no longer. */
    private final Map<String, WantedStreams.Wanted> waiting = new ConcurrentHashMap<>();
    /** Started again by ourselves; until a client asks for just that, and is told so. */
    private final Set<String> resumed = ConcurrentHashMap.newKeySet();

    private final ScheduledThreadPoolExecutor threads = new ScheduledThreadPoolExecutor(THREADS, work -> {
        Thread thread = new Thread(work, "resume");
        thread.setDaemon(true);
        return thread;
    });

    /**
     * Starts none yet.
     *
     * @param ports where those are kept that the streams had, until each runs again, or is not tried any more
     */
    Resuming(
            Supplier<SegmentConfig> segment,
            WantedStreams wanted,
            SrtPorts ports,
            Starter starter,
            BooleanSupplier isDraining) {
        this.segment = segment;
        this.wanted = wanted;
        this.ports = ports;
        this.starter = starter;
        this.isDraining = isDraining;
        threads.setKeepAliveTime(1, TimeUnit.SECONDS);
        threads.allowCoreThreadTimeOut(true);
    }

    /** Returns when each was tried once, or the patience is over; what cannot be started yet is tried again until it can. */
    void begin(Duration patience) throws IOException {
        List<WantedStreams.Wanted> all = wanted.find();
        for (WantedStreams.Wanted stream : all) {
            String liveId = stream.spec().liveId();
            waiting.put(liveId, stream);
            ports.keep(liveId, stream.port());
        }
        List<CompletableFuture<Void>> tries = new ArrayList<>();
        for (WantedStreams.Wanted stream : all) {
            tries.add(CompletableFuture.runAsync(() -> resume(stream, ""), threads));
        }
        try {
            CompletableFuture.allOf(tries.toArray(CompletableFuture[]::new))
                    .get(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            LOG.warn("not every stream is started again yet; that goes on");
        } catch (ExecutionException e) {
            LOG.error("a stream could not be started again", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** @param told why it could not be started at the last try, which the log has */
    private void resume(WantedStreams.Wanted stream, String told) {
        String liveId = stream.spec().liveId();
        if (!waiting.containsKey(liveId)) {
            return;
        }
        try {
            stream.spec().with(stream.settings()).check(segment.get());
            resumed.add(liveId);
            starter.start(stream);
        } catch (StreamException e) {
            resumed.remove(liveId);
            if (!waiting.containsKey(liveId)) {
                return; // stopped meanwhile
            }
            boolean isPassing = e.kind() == Kind.UNAVAILABLE || e.kind() == Kind.EXHAUSTED;
            onFailed(stream, told, isPassing, String.valueOf(e.getMessage()), null);
        } catch (RuntimeException | Error e) {
            // A folder that cannot be listed, for one, comes as that.
            resumed.remove(liveId);
            onFailed(stream, told, true, String.valueOf(e), e);
        }
    }

    @SuppressWarnings("FutureReturnValueIgnored") // tries again by itself
    private void onFailed(
            WantedStreams.Wanted stream, String told, boolean isPassing, String why, @Nullable Throwable cause) {
        String liveId = stream.spec().liveId();
        if (!why.equals(told)) {
            LOG.atError()
                    .addKeyValue(LogFields.STREAM, liveId)
                    .setCause(cause)
                    .log("{}: cannot be started again{}: {}", liveId, isPassing ? " yet" : "", why);
        }
        if (!waiting.containsKey(liveId)) {
            return;
        }
        if (!isPassing) {
            ports.forgo(liveId);
        } else if (!isDraining.getAsBoolean()) {
            threads.schedule(() -> resume(stream, why), AGAIN_MS, TimeUnit.MILLISECONDS);
        }
    }

    /** The stream of that id that was to run, and does not yet; or null. */
    WantedStreams.@Nullable Wanted waiting(String liveId) {
        return waiting.get(liveId);
    }

    /** It runs, or is not to: it is tried no more, and no port is kept for it. False if it did not wait. */
    boolean forget(String liveId) {
        boolean wasWaiting = waiting.remove(liveId) != null;
        ports.forgo(liveId);
        return wasWaiting;
    }

    /** Was it started by us, and has nobody asked for it since? True once. */
    boolean take(String liveId) {
        return resumed.remove(liveId);
    }

    void close() {
        threads.shutdownNow();
    }
}
