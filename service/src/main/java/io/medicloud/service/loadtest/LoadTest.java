// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.loadtest;

import io.grpc.StatusRuntimeException;
import io.medicloud.service.proto.Segment;
import io.medicloud.srt.SrtStack;
import io.medicloud.srt.SrtStacks;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A load test from its begin to its report. Blocks in {@link #run}; {@link #stop} may be called by any thread. */
public final class LoadTest {
    /** A file goes round in memory. */
    private static final long MOST_FILE_BYTES = 256 << 20;
    /** Enough for what is not looked at yet; a long test would fill the disk otherwise. */
    private static final int KEPT_SEGMENTS = 64;

    private static final Duration SETTLE = Duration.ofSeconds(45);
    private static final long LOOK_EVERY_US = 1_000_000;
    private static final long PAUSE_NS = TimeUnit.MILLISECONDS.toNanos(20);

    private final LoadSettings settings;
    private final Path folder;
    private final Consumer<Sample> progress;
    private final RunClock clock = new RunClock();
    private volatile boolean isStopped;

    /**
     * @param folder where a service of our own runs; there already, and kept
     * @param progress is told each second what was seen, on the thread that runs
     */
    public LoadTest(LoadSettings settings, Path folder, Consumer<Sample> progress) {
        this.settings = settings;
        this.folder = folder;
        this.progress = progress;
    }

    /** Ends {@link #run} soon: what was sent is still looked for. */
    public void stop() {
        isStopped = true;
    }

    /**
     * Runs it.
     *
     * @throws IOException if it could not run; the message says what, where and what to do
     */
    public LoadReport run() throws IOException {
        MediaLoop loop = loop();
        List<LoadPlan.Planned> plan = LoadPlan.of(settings);
        try (TargetService target = target();
                SrtStack stack = SrtStacks.select(encoderStack()).stack()) {
            SegmentReader reader = reader(target);
            Duration longest = settings.length().plus(SETTLE).plusMinutes(5);
            try (SegmentFollower follower = new SegmentFollower(target.control(), reader, clock, longest);
                    LoadStreams streams = new LoadStreams(
                            settings, loop, target, stack, follower, clock, new SecureRandom().nextLong() >>> 16)) {
                follower.start();
                return measure(loop, plan, target, streams, follower);
            }
        }
    }

    private MediaLoop loop() throws IOException {
        Path file = settings.file();
        if (file == null) {
            return SyntheticLoop.of(settings.bitsPerSecond());
        }
        if (Files.size(file) > MOST_FILE_BYTES) {
            throw new IOException(file + ": has more than " + (MOST_FILE_BYTES >> 20) + " MiB; cut a piece out of it");
        }
        try {
            return LoopScan.read(Files.readAllBytes(file));
        } catch (IllegalArgumentException e) {
            throw new IOException(file + ": " + e.getMessage(), e);
        }
    }

    private TargetService target() throws IOException {
        LoadSettings.Target given = settings.target();
        URI address = given.address();
        if (address != null) {
            return new GivenService(address, given.metrics(), given.pid());
        }
        List<String> all = new ArrayList<>(List.of(
                "srt.stack=" + settings.srt().stack(),
                "segment.duration=" + settings.segment().toMillis() + "ms",
                "stream.limit=" + (2 * settings.streams() + 16),
                "retention.count=" + KEPT_SEGMENTS));
        all.addAll(given.settings());
        return OwnService.start(folder, all);
    }

    private static SegmentReader reader(TargetService target) {
        Path bucket = target.bucketFolder();
        return bucket == null ? SegmentReader.addresses(target.control()) : SegmentReader.folder(bucket);
    }

    private LoadReport measure(
            MediaLoop loop,
            List<LoadPlan.Planned> plan,
            TargetService target,
            LoadStreams streams,
            SegmentFollower follower)
            throws IOException {
        ServiceFigures figures = new ServiceFigures(target, streams);
        long beganUs = clock.nowUs();
        Sampler sampler = new Sampler(
                figures,
                follower.newest(),
                target.control().latencies(),
                streams.tally().lateness(),
                beganUs);
        streams.begin(plan, beganUs);
        play(streams, sampler, target, beganUs);
        settle(streams, target.control());
        double seconds = (clock.nowUs() - beganUs) / 1e6;
        progress.accept(sampler.look(clock.nowUs()));
        sampler.endStep();
        return new Summary(settings, loop, target, streams, follower, sampler, figures).report(seconds);
    }

    /** What is lost of the last packets libsrt does not send again (live mode, a peer that reports losses): that would be blamed on the service. */
    private String encoderStack() {
        String asked = settings.srt().stack();
        return asked.equals("auto") && !settings.network().isPerfect() ? "java" : asked;
    }

    /** From the first stream to the last; a look a second. */
    private void play(LoadStreams streams, Sampler sampler, TargetService target, long beganUs) {
        long endUs = beganUs + settings.length().toNanos() / 1000;
        long stepUs = settings.length().toNanos() / 1000 / settings.shape().steps();
        long lookUs = beganUs + LOOK_EVERY_US;
        int step = 0;
        for (long nowUs = beganUs; nowUs < endUs || !streams.areOver(); nowUs = clock.nowUs()) {
            if (isStopped) {
                streams.stop();
                if (streams.areOver()) {
                    return;
                }
            }
            if (nowUs >= lookUs) {
                lookUs += LOOK_EVERY_US;
                ask(target.control());
                progress.accept(sampler.look(nowUs));
                int now = (int) Math.min(settings.shape().steps() - 1L, (nowUs - beganUs) / stepUs);
                if (now > step) {
                    step = now;
                    sampler.endStep();
                }
            }
            if (nowUs > endUs + SETTLE.toNanos() / 1000) {
                return;
            }
            LockSupport.parkNanos(PAUSE_NS);
        }
    }

    /** One call a second, so that how long calls take is known also while nobody starts a stream. */
    private static void ask(ControlPlane control) {
        try {
            control.isServing();
        } catch (StatusRuntimeException e) {
            return; // how long that took is told
        }
    }

    /** Waits until every segment that stands in the bucket has been looked at. */
    private void settle(LoadStreams streams, ControlPlane control) {
        long endNs = System.nanoTime() + SETTLE.toNanos();
        List<StreamLedger> open = new ArrayList<>(streams.ledgers());
        while (System.nanoTime() < endNs) {
            open.removeIf(ledger -> ledger.isComplete() || (ledger.isEnded() && isLookedAt(ledger, control)));
            if (open.isEmpty()) {
                return;
            }
            LockSupport.parkNanos(10 * PAUSE_NS);
        }
    }

    private static boolean isLookedAt(StreamLedger ledger, ControlPlane control) {
        try {
            @Nullable
            Segment newest =
                    control.newestSegment(ledger.liveId()).stream().findFirst().orElse(null);
            return newest == null
                    || (newest.getState() != Segment.State.OPEN
                            && newest.getState() != Segment.State.SEALED
                            && newest.getSequence() <= ledger.lastSequence());
        } catch (StatusRuntimeException e) {
            return false;
        }
    }
}
