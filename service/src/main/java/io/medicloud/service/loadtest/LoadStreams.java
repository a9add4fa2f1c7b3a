// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.loadtest;

import io.grpc.StatusRuntimeException;
import io.medicloud.service.loadtest.LoadPlan.Planned;
import io.medicloud.srt.SrtOptions;
import io.medicloud.srt.SrtStack;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Starts each stream at the service when it is planned, has its encoder send, and stops it. Thread-safe. */
final class LoadStreams implements AutoCloseable {
    private static final int CALLERS = 16;
    private static final int MOST_REASONS = 5;
    private static final int PASSPHRASE_BYTES = 16;

    private final LoadSettings settings;
    private final MediaLoop loop;
    private final TargetService target;
    private final SrtStack stack;
    private final SegmentFollower follower;
    private final RunClock clock;
    private final long run;
    private final String passphrase;
    private final @Nullable NetworkPath network;
    private final SenderTally tally = new SenderTally();
    private final Map<Integer, StreamLedger> ledgers = new ConcurrentHashMap<>();
    private final List<String> refusals = new CopyOnWriteArrayList<>();
    private final AtomicInteger refused = new AtomicInteger();
    private final AtomicInteger open = new AtomicInteger();
    private final ScheduledExecutorService callers = Executors.newScheduledThreadPool(CALLERS, task -> {
        Thread thread = new Thread(task, "load-control");
        thread.setDaemon(true);
        return thread;
    });
    private final Pacer pacer;
    private volatile boolean isStopped;

    /** @param run tells this test's streams from those of others */
    LoadStreams(
            LoadSettings settings,
            MediaLoop loop,
            TargetService target,
            SrtStack stack,
            SegmentFollower follower,
            RunClock clock,
            long run) {
        this.settings = settings;
        this.loop = loop;
        this.target = target;
        this.stack = stack;
        this.follower = follower;
        this.clock = clock;
        this.run = run;
        passphrase = settings.srt().isEncrypted() ? passphrase() : "";
        network = settings.network().isPerfect() ? null : new NetworkPath(settings.network(), settings.seed());
        pacer = new Pacer(clock, this::onEnded);
    }

    private static String passphrase() {
        byte[] bytes = new byte[PASSPHRASE_BYTES];
        new SecureRandom().nextBytes(bytes);
        return HexFormat.of().formatHex(bytes);
    }

    /** Begins the streams as planned, from this moment on. */
    void begin(List<Planned> plan, long beganUs) {
        for (Planned planned : plan) {
            long delayUs = Math.max(0, beganUs + planned.beginUs() - clock.nowUs());
            Future<?> unused = callers.schedule(() -> start(planned, beganUs), delayUs, TimeUnit.MICROSECONDS);
        }
    }

    private void start(Planned planned, long beganUs) {
        if (isStopped) {
            return;
        }
        open.incrementAndGet();
        String liveId = "load-" + Long.toHexString(run) + "-" + planned.number();
        StreamLedger ledger = new StreamLedger(liveId, new SentStream(run, planned.number(), loop));
        follower.follow(ledger);
        try {
            int port = target.control().start(liveId, passphrase, settings.srt().latency());
            ledgers.put(planned.number(), ledger);
            InetSocketAddress service = new InetSocketAddress(target.host(), port);
            NetworkPath path = network;
            pacer.add(new LoadEncoder(
                    stack,
                    path == null ? service : path.through(planned.number(), service),
                    options(),
                    ledger.sent(),
                    beganUs + planned.endUs(),
                    planned.hangUpsUs().stream().map(at -> beganUs + at).toList(),
                    tally));
        } catch (StatusRuntimeException | IOException e) {
            refuse(liveId + " was not started: " + e.getMessage());
            open.decrementAndGet();
        }
    }

    private SrtOptions options() {
        SrtOptions options =
                SrtOptions.STANDARD.withLatencyMs((int) settings.srt().latency().toMillis());
        return passphrase.isEmpty() ? options : options.withPassphrase(passphrase);
    }

    private void onEnded(LoadEncoder encoder) {
        callers.execute(() -> finish(encoder.stream().number()));
    }

    private void finish(int number) {
        StreamLedger ledger = ledgers.get(number);
        try {
            if (ledger != null && !target.control().stop(ledger.liveId())) {
                note(ledger.liveId() + " was gone before it was stopped");
            }
        } catch (StatusRuntimeException e) {
            note("a stream was not stopped: " + e.getMessage());
        } finally {
            NetworkPath path = network;
            if (path != null) {
                path.release(number);
            }
            open.decrementAndGet();
        }
    }

    private void refuse(String why) {
        refused.incrementAndGet();
        note(why);
    }

    private void note(String why) {
        if (refusals.size() < MOST_REASONS) {
            refusals.add(why);
        }
    }

    /** Ends all streams soon, and begins no more. */
    void stop() {
        isStopped = true;
        pacer.stop();
    }

    /** Whether none runs now. */
    boolean areOver() {
        return open.get() == 0;
    }

    /** Encoders that are connected and send. */
    int sending() {
        return pacer.sending();
    }

    /** Streams that the service would not start. */
    int refused() {
        return refused.get();
    }

    /** What went wrong between the service and us, the first of it. */
    List<String> notes() {
        return refusals;
    }

    SenderTally tally() {
        return tally;
    }

    /** Of the streams that were started. */
    Collection<StreamLedger> ledgers() {
        return ledgers.values();
    }

    /** How much too late the network in between was, at worst; 0 if there was none. */
    long networkLatestUs() {
        NetworkPath path = network;
        return path == null ? 0 : path.latestUs();
    }

    @Override
    public void close() {
        stop();
        pacer.close();
        callers.shutdownNow();
        NetworkPath path = network;
        if (path != null) {
            path.close();
        }
    }
}
