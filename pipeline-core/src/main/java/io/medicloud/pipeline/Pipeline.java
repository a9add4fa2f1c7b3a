// SPDX-License-Identifier: Apache-2.0
package io.medicloud.pipeline;

import io.medicloud.mpegts.segment.SegmentPolicy;
import io.medicloud.mpegts.segment.Segmenter;
import io.medicloud.pipeline.event.StreamEvent;
import io.medicloud.pipeline.playlist.LiveWindow;
import io.medicloud.pipeline.playlist.Presentation;
import io.medicloud.pipeline.record.SegmentRecord;
import io.medicloud.pipeline.source.Source;
import io.medicloud.pipeline.spool.SpoolStream;
import io.medicloud.pipeline.spool.StreamFolder;
import io.medicloud.pipeline.timeline.Place;
import io.medicloud.pipeline.timeline.Places;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * One live stream: what its source delivers is cut into segments, written to the spool, and brought to the store. Opened
 * by {@link Pipelines#open}. All methods are thread-safe and return at once; the stream itself lives on its source's
 * thread.
 */
public final class Pipeline {
    /** What a source may take to end: the longest latency that SRT knows, and what goes with it. */
    private static final Duration LONGEST_CLOSE = Duration.ofSeconds(70);

    private static final Duration WATCH_EVERY = Duration.ofMillis(500);

    private final PipelineConfig config;
    private final Pipelines host;
    private final StreamUploads uploads;
    private final long uploadedBefore;
    private final long firstSequence;
    private final PipelineCounters counters = new PipelineCounters();
    private final StateCell state = new StateCell();
    private final AtomicReference<@Nullable Source> source = new AtomicReference<>();
    /** Null until it is to end; then how long to wait for that, once everything is delivered. */
    private final AtomicReference<@Nullable Duration> stopping = new AtomicReference<>();

    private final CompletableFuture<PipelineEnd> end = new CompletableFuture<>();
    private final SpoolStream spool;
    private final LiveWindow window;
    private final int targetSeconds;
    private final Places places;
    private final Absence absence;
    private volatile SegmentPolicy policy;
    private volatile SourceLimits limits;
    private volatile @Nullable RateLimit rate;
    private volatile @Nullable Ingest ingest;
    private volatile String peer = "";
    private volatile String endReason = "";
    private volatile boolean failed;
    private volatile boolean mediaSeen;
    private volatile @Nullable StreamMeter meter;
    private boolean delivered;
    private volatile @Nullable Future<?> watchdog;
    private volatile @Nullable Future<?> deadline;

    Pipeline(
            PipelineConfig config,
            Pipelines host,
            StreamFolder folder,
            StreamUploads uploads,
            long firstSequence,
            List<SegmentRecord> known) {
        this.config = config;
        this.host = host;
        this.uploads = uploads;
        this.uploadedBefore = uploads.uploaded();
        this.firstSequence = firstSequence;
        this.window = new LiveWindow(config.id(), known, folder::open, host.parts(), System::nanoTime);
        this.targetSeconds = targetSeconds(config, known);
        this.places = places(known, targetSeconds, config.tenure().epoch());
        this.policy = config.policy();
        this.limits = config.limits();
        this.absence = new Absence(host, config.reconnectWindow(), this::onAwayTooLong);
        this.spool = host.spool().stream(
                folder,
                new SealedSink(
                        config.id(),
                        host.reporter(),
                        counters,
                        uploads,
                        window,
                        host::opening,
                        host.deliveries(),
                        this::complete));
    }

    /** That of a stream that goes on is never less than it was: what was promised may have been more than its segments are to be now. */
    private static int targetSeconds(PipelineConfig config, List<SegmentRecord> known) {
        int target = Presentation.targetSeconds(config.policy().longest().toMillis());
        return config.isResumed() && !known.isEmpty()
                ? Math.max(target, known.get(known.size() - 1).place().targetSeconds())
                : target;
    }

    private static Places places(List<SegmentRecord> known, int target, long epoch) {
        if (known.isEmpty()) {
            return new Places(Place.NONE, 0, true, target, epoch);
        }
        SegmentRecord last = known.get(known.size() - 1);
        return new Places(last.place(), last.facts().durationTicks(), false, target, epoch);
    }

    /** Its newest segments, for those who play it. */
    public LiveWindow window() {
        return window;
    }

    /** What it was opened with. */
    public PipelineConfig config() {
        return config;
    }

    /** How the segments that begin from now on are cut. */
    public SegmentPolicy policy() {
        return policy;
    }

    /** The longest that a policy may let segments be: the target duration that players were promised at the start does not change. */
    public Duration longestSegment() {
        return Duration.ofMillis(Presentation.longestMs(targetSeconds));
    }

    /**
     * The segments that begin from now on are cut otherwise; the open one ends as it began.
     *
     * @throws IllegalArgumentException if segments could be longer than {@link #longestSegment}, or the policy has what a stream cannot change: its program, and
     *     whether parameter sets are repeated
     */
    public synchronized void setPolicy(SegmentPolicy next) {
        if (next.longest().compareTo(longestSegment()) > 0) {
            throw new IllegalArgumentException("segments of " + next.longest() + " are longer than was promised");
        }
        if (next.program() != policy.program() || next.repeatParameterSets() != policy.repeatParameterSets()) {
            throw new IllegalArgumentException("the program and the repeated parameter sets cannot be others");
        }
        policy = next;
        Ingest to = ingest;
        if (to != null) {
            to.setPolicy(next);
        }
    }

    /** What is expected of the source. */
    public SourceLimits limits() {
        return limits;
    }

    /** From now on so much is expected of the source; what counts from the stream's start does, also if that is long ago. */
    public synchronized void setLimits(SourceLimits next) {
        limits = next;
        RateLimit of = rate;
        if (of != null) {
            of.setLimit(next.mostBitsPerSecond());
        }
    }

    /** How long the source may be away before the stream ends, also one that is away now; zero for as long as it likes. */
    public void setReconnectWindow(Duration window) {
        absence.setWindow(window);
    }

    /** The live id. */
    public String id() {
        return config.id();
    }

    /** The number of the first segment of this run. */
    public long firstSequence() {
        return firstSequence;
    }

    /** Where it is in its life. */
    public PipelineState state() {
        return state.get();
    }

    /** Has media come, and is the stream not over? Stays true through a short absence of the source. */
    public boolean isStreaming() {
        PipelineState now = state.get();
        return mediaSeen && now != PipelineState.STOPPING && !now.isFinal();
    }

    /**
     * Starts the source; once. If the stream was stopped before, the source is closed instead.
     *
     * @throws IllegalStateException if it was started already
     */
    public void start(Source from) {
        if (!takeSource(from)) {
            from.close();
            return;
        }
        host.tell(new StreamEvent.Started(id(), host.now()));
        RateLimit most = newRate();
        Watch watch = new Watch();
        SegmentPolicy first = policy;
        Placing placing = new Placing(spool, places, host::now, config.tenure());
        MediaWatch media = new MediaWatch(first, placing, watch);
        Segmenter segmenter = new Segmenter(first, media, firstSequence);
        media.follow(segmenter);
        StreamMeter measuring = new StreamMeter(segmenter, config.isMonitored());
        meter = measuring;
        watchdog = host.every(WATCH_EVERY, new Look());
        if (config.isResumed()) {
            absence.begin();
        }
        Ingest taking = new Ingest(segmenter, spool, counters, from.canWait(), most, media, measuring, placing, watch);
        synchronized (this) {
            ingest = taking;
            taking.setPolicy(policy);
        }
        from.start(taking);
        if (stopping.get() != null) {
            from.close();
        }
        if (state.get().isFinal()) {
            cancel(watchdog);
        }
    }

    /** False if the stream was stopped before: it comes to its end without a source. */
    private synchronized boolean takeSource(Source from) {
        if (!source.compareAndSet(null, from)) {
            throw new IllegalStateException("stream " + id() + " was started already");
        }
        return stopping.get() == null;
    }

    private synchronized RateLimit newRate() {
        RateLimit most = new RateLimit(limits.mostBitsPerSecond());
        rate = most;
        return most;
    }

    /**
     * Ends the stream: closes the source, hands on what is held, seals it, uploads it. What is not uploaded in time stays
     * in the spool; the uploads go on as long as the process lives, and at its next start.
     *
     * @param reason one line, for those who watch
     * @param patience how long to wait, once the source has delivered what it held, before the stream counts as ended anyway
     * @return completes when it has ended; the same for every call
     */
    public CompletionStage<PipelineEnd> stop(String reason, Duration patience) {
        Source from;
        boolean isFirst;
        synchronized (this) {
            isFirst = stopping.compareAndSet(null, patience);
            from = source.get();
        }
        if (isFirst) {
            endReason = reason;
            awaitEnd(from == null);
            if (from == null) {
                spool.finish();
            } else {
                from.close();
            }
        }
        return ended();
    }

    /** Completes when the stream has ended, by itself or because it was stopped; never exceptionally. */
    public CompletionStage<PipelineEnd> ended() {
        return end.copy();
    }

    /** The counters now. */
    public PipelineStats stats() {
        return new PipelineStats(
                state.get(),
                peer,
                counters.connections.get(),
                counters.receivedBytes.get(),
                counters.droppedBytes.get(),
                spool.queuedBytes(),
                spool.handOffs(),
                counters.segmentsSealed.get(),
                uploads.uploaded() - uploadedBefore,
                uploads.pending());
    }

    /** What is known of its segments now. */
    public SegmentFigures segments() {
        PipelineCounters.Newest newest = counters.newest;
        return new SegmentFigures(
                policy.target().toMillis() / 1000.0,
                Deliveries.nowUs() - newest.atUs(),
                newest.seconds(),
                newest.bytes(),
                newest.spoolUs(),
                uploads.storeUs(),
                TimeUnit.NANOSECONDS.toMicros(uploads.oldestNanos()));
    }

    /** What was measured of its media up to about a second ago. */
    public StreamMeasures measures() {
        StreamMeter measuring = meter;
        return measuring == null ? StreamMeasures.NONE : measuring.measures();
    }

    /**
     * From now on the stream only comes to its end, and counts as ended when the patience is over.
     *
     * @param isDelivered whether its source has delivered everything, and the patience begins
     */
    private synchronized void awaitEnd(boolean isDelivered) {
        delivered |= isDelivered;
        state.moveTo(PipelineState.STOPPING);
        cancel(deadline);
        Duration patience = Objects.requireNonNull(stopping.get());
        deadline = host.after(delivered ? patience : patience.plus(LONGEST_CLOSE), this::complete);
    }

    private void complete() {
        if (!state.moveTo(failed ? PipelineState.FAILED : PipelineState.ENDED)) {
            return;
        }
        cancel(deadline);
        absence.end();
        cancel(watchdog);
        window.close();
        int left = uploads.pending();
        host.tell(
                failed
                        ? new StreamEvent.Failed(id(), host.now(), endReason, left)
                        : new StreamEvent.Ended(id(), host.now(), endReason, left));
        host.forget(this, uploads);
        end.complete(
                new PipelineEnd(endReason, failed, counters.segmentsSealed.get(), left, counters.droppedBytes.get()));
    }

    private void onAwayTooLong() {
        PipelineState now = state.get();
        if (now == PipelineState.RECONNECTING || now == PipelineState.WAITING) {
            stop(
                    "the source was away for longer than " + absence.window(),
                    host.limits().drain());
        }
    }

    private static void cancel(@Nullable Future<?> timer) {
        if (timer != null) {
            timer.cancel(false);
        }
    }

    /** Looks after the source, on the timer's thread. */
    private final class Look implements Runnable {
        private final Watchdog dog = new Watchdog(
                limits,
                TimeUnit.NANOSECONDS.toMillis(System.nanoTime()),
                config.ranBefore().toMillis());

        @Override
        public void run() {
            long nowMs = TimeUnit.NANOSECONDS.toMillis(System.nanoTime());
            dog.expect(limits);
            Watchdog.Verdict verdict =
                    dog.look(state.get(), mediaSeen || config.isResumed(), counters.receivedBytes.get(), nowMs);
            if (verdict instanceof Watchdog.Verdict.Stalled stalled) {
                host.tell(new StreamEvent.Stalled(id(), host.now(), stalled.reason()));
            } else if (verdict instanceof Watchdog.Verdict.End over) {
                if (stopping.get() == null) {
                    failed = over.failed();
                }
                stop(over.reason(), host.limits().drain());
            }
        }
    }

    /** What happens on the source's thread. */
    private final class Watch implements Ingest.Observer {
        @Override
        public void onConnected(String who) {
            peer = who;
            absence.end();
            state.moveTo(PipelineState.CONNECTED);
            host.tell(new StreamEvent.Connected(id(), host.now(), who));
        }

        @Override
        public void onMedia() {
            mediaSeen = true;
            state.moveTo(PipelineState.STREAMING);
            host.tell(new StreamEvent.MediaFlowing(id(), host.now()));
        }

        @Override
        public void onDropped(long bytes, String reason) {
            host.tell(new StreamEvent.BytesDropped(id(), host.now(), bytes, reason));
        }

        @Override
        public void onLimit(String limit, String reason) {
            host.tell(new StreamEvent.LimitReached(id(), host.now(), limit, reason));
        }

        @Override
        public void onProgramChanged(String reason) {
            StreamMeter measuring = meter;
            if (measuring != null) {
                measuring.onProgram();
            }
            host.tell(new StreamEvent.ProgramChanged(id(), host.now(), reason));
        }

        @Override
        public void onNoKeyframe(String reason) {
            host.tell(new StreamEvent.Stalled(id(), host.now(), reason));
        }

        @Override
        public void onQuality(boolean isAlarm, String reason) {
            host.tell(new StreamEvent.QualityAlarm(id(), host.now(), isAlarm, reason));
        }

        @Override
        public void onDisconnected(String reason) {
            state.moveTo(mediaSeen ? PipelineState.RECONNECTING : PipelineState.WAITING);
            host.tell(new StreamEvent.Disconnected(id(), host.now(), reason));
            if (mediaSeen || config.isResumed()) {
                absence.begin();
            }
        }

        @Override
        public void onFinished(String reason, boolean asFailure) {
            boolean isOwnEnd = stopping.compareAndSet(null, host.limits().drain());
            if (isOwnEnd) {
                endReason = reason;
                failed = asFailure;
            }
            awaitEnd(true);
            if (isOwnEnd) {
                Source from = source.get();
                if (from != null) {
                    from.close();
                }
            }
        }
    }
}
