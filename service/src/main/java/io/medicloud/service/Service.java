// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service;

import io.grpc.BindableService;
import io.grpc.ServerInterceptors;
import io.medicloud.pipeline.Pipelines;
import io.medicloud.pipeline.event.EventSink;
import io.medicloud.pipeline.record.Ledger;
import io.medicloud.pipeline.store.MinioStore;
import io.medicloud.pipeline.store.S3Config;
import io.medicloud.pipeline.store.SwitchableStore;
import io.medicloud.pipeline.thumbnail.ThumbnailLimits;
import io.medicloud.pipeline.thumbnail.Thumbnails;
import io.medicloud.service.alarm.QualityAlarms;
import io.medicloud.service.config.Address;
import io.medicloud.service.config.ConfigWatch;
import io.medicloud.service.config.LoadedConfig;
import io.medicloud.service.config.ServiceConfig;
import io.medicloud.service.config.StoreConfig;
import io.medicloud.service.config.Units;
import io.medicloud.service.grpc.ClusterService;
import io.medicloud.service.grpc.ClusterStarts;
import io.medicloud.service.grpc.GrpcFace;
import io.medicloud.service.grpc.LivestreamService;
import io.medicloud.service.grpc.RecordService;
import io.medicloud.service.grpc.StatsService;
import io.medicloud.service.health.HealthMonitor;
import io.medicloud.service.health.Readiness;
import io.medicloud.service.hls.HlsService;
import io.medicloud.service.http.HttpFace;
import io.medicloud.service.http.HttpPart;
import io.medicloud.service.http.SignedUrls;
import io.medicloud.service.http.ThumbnailPages;
import io.medicloud.service.log.LogOutput;
import io.medicloud.service.metrics.LimitMetrics;
import io.medicloud.service.metrics.ServiceMetrics;
import io.medicloud.service.node.ClusterMember;
import io.medicloud.service.rest.RestApi;
import io.medicloud.service.security.AuditLog;
import io.medicloud.service.security.Authentication;
import io.medicloud.service.security.CallLimits;
import io.medicloud.service.security.CallerGate;
import io.medicloud.service.security.ConnectionLimits;
import io.medicloud.service.security.JwtAuthentication;
import io.medicloud.service.security.RpcGuard;
import io.medicloud.service.store.EmbeddedS3;
import io.medicloud.service.stream.OwnedStreams;
import io.medicloud.service.stream.RefusedCallers;
import io.medicloud.service.stream.SharedPort;
import io.medicloud.service.stream.StreamLog;
import io.medicloud.service.stream.StreamRegistry;
import io.medicloud.service.stream.WantedStreams;
import io.medicloud.service.telemetry.RecordCounts;
import io.medicloud.service.telemetry.Telemetry;
import io.medicloud.service.thumbnail.Pictures;
import io.medicloud.service.web.Dashboard;
import io.medicloud.service.webhook.Webhook;
import io.medicloud.srt.SrtStack;
import io.medicloud.srt.SrtStacks;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The service, put together: what is made here is closed here, in the opposite order. */
public final class Service implements AutoCloseable, ConfigWatch.Listener {
    private static final Logger LOG = LoggerFactory.getLogger(Service.class);
    /** What {@link #close} may take beyond the time configured: what waits in SRT's buffers comes a latency later, a minute at the most. */
    public static final Duration LONGEST_CLOSE = Duration.ofSeconds(80);

    private static final Duration RESUME_PATIENCE = Duration.ofSeconds(10);
    private static final int FULL = 1000;

    private final ServiceConfig config;
    /** As it began, with what was changed since and needs no restart. */
    private volatile ServiceConfig inForce;

    private final Readiness readiness = new Readiness();
    private final LogOutput logs = new LogOutput();
    private final Telemetry telemetry;
    private final ServiceMetrics metrics;
    private final Deque<AutoCloseable> parts = new ArrayDeque<>();
    private final SwitchableStore store;
    private final Pipelines pipelines;
    private volatile S3Config s3;
    /** What is in use. */
    private StoreConfig storeInUse;

    private final @Nullable Path bucketFolder;
    private final StreamRegistry streams;
    private final GrpcFace grpc;
    private final Ledger ledger;
    private final HttpFace http;
    /** Null if it is alone. */
    private @Nullable ClusterMember cluster;

    private boolean isClosed;

    /**
     * Starts the service. A store that does not answer keeps it from being ready, not from starting.
     *
     * @param events hears what happens to streams, on their threads: must not block
     * @throws IOException if it cannot start; the message says what, where, and what to do
     */
    public Service(ServiceConfig config, EventSink events) throws IOException {
        this.config = config;
        this.inForce = config;
        this.storeInUse = config.store();
        boolean isStarted = false;
        try {
            logs.apply(config.log());
            RecordCounts sent = new RecordCounts();
            telemetry = part(Wiring.telemetry(config.otlp(), sent));
            metrics = part(new ServiceMetrics(telemetry, sent));
            EmbeddedS3 embedded = embeddedS3();
            bucketFolder = embedded == null ? null : embedded.bucketFolder();
            s3 = embedded == null ? Wiring.s3(config.store()) : embedded.config();
            SrtStacks.Selection selection = Wiring.srtStack(config.srt());
            store = part(new SwitchableStore(new MinioStore(s3, telemetry.objectHeaders())));
            SrtStack stack = part(selection.stack());
            AtomicReference<EventSink> registry = new AtomicReference<>(EventSink.NONE);
            StreamLog log = new StreamLog(telemetry, System::nanoTime);
            SqliteLibrary.unpackTo(config.cacheDir().resolve("native"));
            pipelines = part(new Pipelines(
                    config.cacheDir().resolve("spool"),
                    telemetry.attempts(store),
                    Wiring.limits(config),
                    event -> List.of(log, metrics, registry.get(), events).forEach(sink -> sink.onEvent(event)),
                    InstantSource.system()));
            CallerGate gate = new CallerGate(() -> inForce.security().callers(), System::nanoTime);
            RefusedCallers refused = part(new RefusedCallers(pipelines::tell, InstantSource.system()));
            SharedPort shared = sharedPort(stack, gate, refused);
            WantedStreams wanted = new WantedStreams(pipelines.ledger(), Wiring.secretBox(config));
            streams = part(new StreamRegistry(() -> inForce, stack, shared, pipelines, wanted, gate, refused));
            ClusterMember member = member(wanted);
            registry.set(
                    member == null
                            ? streams
                            : event -> {
                                streams.onEvent(event);
                                member.onEvent(event);
                            });
            metrics.add(pipelines, streams, gate, readiness);
            part(new QualityAlarms(
                    () -> inForce.alarms(),
                    streams::details,
                    streams::hasOwnAlarms,
                    pipelines::tell,
                    InstantSource.system()));
            metrics.add(stack);
            // Before the API: nobody else is to get a port that a stream had.
            if (member == null) {
                streams.resume(RESUME_PATIENCE);
            }
            ledger = pipelines.ledger();
            RecordService record = part(new RecordService(
                    ledger,
                    member == null ? ledger : member.log(),
                    store,
                    InstantSource.system(),
                    config.eventWatchers()));
            Thumbnails thumbnails = thumbnails();
            Pictures pictures = new Pictures(thumbnails, ledger, store);
            LimitMetrics limitMetrics = metrics.limits();
            ServiceLimits limits = new ServiceLimits(limitMetrics, () -> inForce);
            limits.addCallers(gate);
            limits.add(pipelines, streams, record, metrics.segmentSizes());
            metrics.addReader("watchers", record::mostLag);
            if (config.webhook().isSet()) {
                Webhook webhook = part(new Webhook(
                        config.webhook(),
                        ledger,
                        RecordService::json,
                        RecordService::lagged,
                        telemetry::tell,
                        InstantSource.system()));
                metrics.addReader("webhook", webhook::lag);
            }
            StatsService stats = part(new StatsService(
                    streams, ledger, metrics::kernelDrops, InstantSource.system(), config.statsWatchers()));
            limitMetrics.add("stats.watchers", config::statsWatchers, stats::watchers);
            Authentication authentication = new Authentication(
                    () -> inForce.security().access(),
                    new JwtAuthentication(() -> inForce.security().jwt(), InstantSource.system()),
                    () -> inForce.security().callRate(),
                    System::nanoTime);
            SignedUrls urls =
                    new SignedUrls(() -> inForce.playback(), InstantSource.system(), authentication::onWrongSignature);
            BindableService api = api(
                    new LivestreamService(streams, record, stats, readiness, limitMetrics, pictures, urls),
                    member,
                    wanted);
            CallLimits calls = new CallLimits(() -> inForce.security().callRate(), System::nanoTime);
            limitMetrics.add(CallLimits.NAME, calls::most, calls::clients, calls::refused);
            ConnectionLimits connections = new ConnectionLimits(
                    () -> inForce.security().connections(), System::nanoTime, limitMetrics::onReached);
            limits.addConnections(connections);
            RpcGuard guard = new RpcGuard(calls, new AuditLog(System::nanoTime));
            List<HttpPart> pages = List.of(
                    part(new RestApi(api, guard, metrics.calls("http"))),
                    new Dashboard(),
                    new HlsService(pipelines, store, InstantSource.system(), urls)::addTo,
                    new ThumbnailPages(pictures, urls)::addTo);
            http = part(listen(
                    "http.port",
                    config.http(),
                    () -> new HttpFace(
                            config.http(),
                            config.security().tls(),
                            authentication,
                            metrics.connections("http", connections::guard),
                            readiness,
                            metrics::text,
                            pages)));
            grpc = part(listen(
                    "grpc.port",
                    config.grpc(),
                    () -> new GrpcFace(
                            config.grpc(),
                            config.security().tls(),
                            authentication,
                            metrics.connections("grpc", connections::guard),
                            () -> ServerInterceptors.intercept(api, guard),
                            metrics.calls("grpc"),
                            readiness,
                            () -> inForce.security().connections().healthWatchesOfAddress())));
            // Last: it says that the service has started, and every face answers by then.
            part(new HealthMonitor(
                    pipelines,
                    readiness,
                    Map.of(
                            Readiness.API_LOOPS,
                            metrics::loopWaitNanos,
                            Readiness.SRT_LOOPS,
                            () -> TimeUnit.MICROSECONDS.toNanos(stack.loopWaitUs()))));
            telemetry.sendMetrics(metrics.exported().collected());
            logStart(selection);
            if (member != null) {
                Address own = new Address(config.grpc().host(), grpc.port());
                String told = config.cluster().advertise();
                member.begin(told.isEmpty() ? own.toString() : told, fault -> readiness.set(Readiness.CLUSTER, fault));
            }
            isStarted = true;
        } finally {
            if (!isStarted) {
                closeParts();
                logs.close();
            }
        }
    }

    /** Null if this node is alone. */
    private @Nullable ClusterMember member(WantedStreams wanted) throws IOException {
        if (!config.cluster().isSet()) {
            return null;
        }
        OwnedStreams owned = new OwnedStreams(streams, wanted);
        owned.forgetOwn();
        ClusterMember joined = part(new ClusterMember(
                config.cluster(),
                config.cacheDir(),
                owned,
                pipelines,
                config.stream().limit(),
                this::load,
                config.queues().events()));
        cluster = joined;
        return joined;
    }

    /** How much of this node is used, in thousandths; all of it where it takes no stream. */
    private int load() {
        boolean isFull = pipelines.spoolFull() != null || pipelines.backlogFull() != null;
        int limit = inForce.stream().limit();
        return isFull ? FULL : (int) Math.min(FULL, (long) FULL * streams.openStreams() / limit);
    }

    private BindableService api(LivestreamService local, @Nullable ClusterMember member, WantedStreams wanted) {
        if (member == null) {
            return local;
        }
        ClusterStarts starts = new ClusterStarts(member, new OwnedStreams(streams, wanted), () -> inForce);
        return part(new ClusterService(local, member, starts, config.security().tls() != null));
    }

    /** Null if they are not wanted, or this runtime cannot make them, which is no reason not to start. */
    private @Nullable Thumbnails thumbnails() {
        ThumbnailLimits limits = config.thumbnails();
        if (limits == null) {
            return null;
        }
        try {
            Thumbnails thumbnails = part(new Thumbnails(
                    config.cacheDir().resolve("spool"), pipelines.ledger(), store, limits, InstantSource.system()));
            pipelines.setOpening(thumbnails);
            metrics.limits()
                    .add("ThumbnailLimits.mostWaiting", limits::mostWaiting, thumbnails::waiting, thumbnails::skipped);
            metrics.addReader("thumbnails", thumbnails::lag);
            return thumbnails;
        } catch (IOException e) {
            LOG.warn("no thumbnails are made: {}", e.getMessage());
            return null;
        }
    }

    private @Nullable EmbeddedS3 embeddedS3() throws IOException {
        StoreConfig store = config.store();
        return store.isEmbedded()
                ? part(EmbeddedS3.start(config.cacheDir().resolve("s3"), store.bucket(), store.embeddedPort()))
                : null;
    }

    private @Nullable SharedPort sharedPort(SrtStack stack, CallerGate gate, RefusedCallers refused)
            throws IOException {
        int port = config.srt().sharedPort();
        if (port == 0) {
            return null;
        }
        try {
            return part(new SharedPort(stack, new InetSocketAddress(config.srt().host(), port), gate, refused.of("")));
        } catch (IOException e) {
            throw new IOException("srt.sharedPort: cannot listen: " + e.getMessage() + "; set another", e);
        }
    }

    private static <T> T listen(String key, Address address, Face<T> face) throws IOException {
        try {
            return face.open();
        } catch (CompletionException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            throw new IOException(
                    key + ": cannot listen on " + address + ": " + cause.getMessage() + "; set another", e);
        }
    }

    private void logStart(SrtStacks.Selection selection) {
        LOG.info(
                "SRT on {}, ports {}{}; stack: {}",
                config.srt().host(),
                config.srt().ports(),
                config.srt().sharedPort() == 0
                        ? ""
                        : " and for all " + config.srt().sharedPort(),
                selection.reason());
        LOG.info("segments of {} go to {}/{}", Units.text(config.segment().duration()), s3.endpoint(), s3.bucket());
        if (bucketFolder != null) {
            LOG.info("no MINIO_ENDPOINT: that is the embedded store; its files are in {}", bucketFolder);
        }
        LOG.info(
                "gRPC on {}, HTTP on {}",
                new Address(config.grpc().host(), grpc.port()),
                new Address(config.http().host(), http.port()));
    }

    /**
     * Goes on with another configuration. How an S3 store is reached changes at once, and segments that wait for it are tried again; streams that are started from
     * then on have what else is live; the rest is told to need a restart.
     */
    @Override
    public void onChange(ServiceConfig now, List<LoadedConfig.Change> changes) {
        ServiceConfig next = inForce.withLive(now);
        // What can be refused comes first: then nothing of a change is in force.
        S3Config reached = next.store().equals(storeInUse) ? null : Wiring.s3(next.store());
        MinioStore made = reached == null ? null : new MinioStore(reached, telemetry.objectHeaders());
        logs.apply(next.log());
        inForce = next;
        if (reached != null && made != null) {
            switchStore(next.store(), reached, made);
        }
        boolean toldStore = false;
        for (LoadedConfig.Change change : changes) {
            boolean isStore = change.path().startsWith("store.");
            boolean isTaken = change.isLive() && !(isStore && !inForce.store().equals(now.store()));
            LOG.info("the configuration was changed: {}, {}", change, isTaken ? "at once" : "at the next start");
            toldStore |= isStore && !isTaken;
        }
        if (toldStore) {
            LOG.warn("to or from the embedded store only a restart leads");
        }
        metrics.reloads().onApplied();
    }

    private void switchStore(StoreConfig next, S3Config reached, MinioStore made) {
        store.replace(made);
        s3 = reached;
        storeInUse = next;
        pipelines.onStoreChanged();
        LOG.info("segments go to {}/{} from now on", reached.endpoint(), reached.bucket());
    }

    @Override
    public void onFaulty() {
        metrics.reloads().onRefused();
    }

    /** The port of the gRPC face. */
    public int grpcPort() {
        return grpc.port();
    }

    /** The port of the HTTP face. */
    public int httpPort() {
        return http.port();
    }

    /** How the store is reached. */
    public S3Config s3() {
        return s3;
    }

    /** Where the embedded store has its objects as files; null if the store is another's. */
    public @Nullable Path bucketFolder() {
        return bucketFolder;
    }

    /** The durable record of what happened. */
    public Ledger ledger() {
        return ledger;
    }

    /** Whether it can do its work. */
    public Readiness readiness() {
        return readiness;
    }

    /**
     * Takes no more streams, delivers what has arrived, which takes a latency, seals and uploads it within the time configured, and ends.
     */
    @Override
    public synchronized void close() {
        if (isClosed) {
            return;
        }
        isClosed = true;
        readiness.set(Readiness.SERVICE, "is draining: no stream is added, what has arrived is stored");
        Duration patience = config.shutdownTimeout();
        ClusterMember member = cluster;
        if (member != null) {
            member.drain(patience);
        }
        try {
            streams.drain(patience)
                    .toCompletableFuture()
                    .get(patience.plus(LONGEST_CLOSE).toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException | ExecutionException e) {
            LOG.warn("not every stream ended in {}; what is not uploaded is at the next start", patience);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        closeParts();
        LOG.info("ended");
        logs.close();
    }

    private <T extends AutoCloseable> T part(T part) {
        parts.push(part);
        return part;
    }

    private void closeParts() {
        while (!parts.isEmpty()) {
            AutoCloseable part = parts.pop();
            try {
                part.close();
            } catch (Exception e) {
                // Each kind of part fails in its own way; none keeps the others from their end.
                LOG.warn("{} did not end well: {}", part.getClass().getSimpleName(), e.getMessage());
            }
        }
    }

    private interface Face<T> {
        T open() throws IOException;
    }
}
