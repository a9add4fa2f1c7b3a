// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.metrics;

import static io.medicloud.service.metrics.MetricFamily.counter;
import static io.medicloud.service.metrics.MetricFamily.gauge;
import static io.medicloud.service.metrics.MetricFamily.histogram;

import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;

/** Every metric that is exported: what registers one takes its name and its help from here, and {@code docs/metrics.md} is written from here. */
public final class MetricCatalog {
    static final MetricFamily READY =
            gauge("medicloud_ready", "Whether the service can do its work, as /readyz says: 1 or 0.");
    static final MetricFamily STREAMS = gauge("medicloud_streams", "Streams that are open, by their state.", "state");
    static final MetricFamily CALLERS_REFUSED = counter(
            "medicloud_srt_callers_refused_total",
            "Callers over SRT that were turned away by their address, by reason.",
            "reason");
    static final MetricFamily CONFIG_RELOADS = counter(
            "medicloud_config_reloads_total",
            "How often a changed configuration was read, by what became of it.",
            "result");
    static final MetricFamily OTLP_RECORDS = counter(
            "medicloud_otlp_records_total",
            "Spans (traces), log records (logs) and metrics for the receiver of OTLP, by what became of them: sent; failed, though tried again; dropped, for too many waited.",
            "signal",
            "result");
    static final MetricFamily LIMIT = gauge(
            "medicloud_limit",
            "What a limit is set to, by its name in the configuration; 0: there is none. Of spool.minFree, what is in force: half of a small disk.",
            "limit");
    static final MetricFamily LIMIT_USED = gauge(
            "medicloud_limit_used",
            "How much of a limit is used; of spool.minFree, what is free; of spool.maxBytes as it was measured each second, or every ten where there is no limit.",
            "limit");
    static final MetricFamily LIMIT_REACHED =
            counter("medicloud_limit_reached_total", "How often a limit was reached.", "limit");

    static final MetricFamily SEGMENT_SPOOL_SECONDS = histogram(
            "medicloud_segment_spool_seconds",
            "From the arrival of a segment's last bytes until it was whole on our disk, forced there.");
    static final MetricFamily SEGMENT_STORE_SECONDS = histogram(
            "medicloud_segment_store_seconds",
            "From the arrival of a segment's last bytes until it stood in the bucket; not of what an earlier process left, nor of what had to wait on disk alone.");
    static final MetricFamily SEGMENT_DURATION_SECONDS =
            histogram("medicloud_segment_duration_seconds", "Durations of the segments that were sealed.");
    static final MetricFamily SEGMENT_BYTES =
            histogram("medicloud_segment_bytes", "Sizes of the segments that were sealed.");
    static final MetricFamily SEGMENTS_LOST =
            counter("medicloud_segments_lost_total", "Segment numbers of which nothing exists.");

    static final MetricFamily UPLOAD_ATTEMPTS = counter(
            "medicloud_upload_attempts_total",
            "Attempts at uploads, by what came of them: stored, or what kind of failure it was.",
            "result");
    static final MetricFamily UPLOAD_BYTES =
            counter("medicloud_upload_bytes_total", "Bytes of the segments that were uploaded.");
    static final MetricFamily UPLOAD_BREAKER = gauge(
            "medicloud_upload_breaker",
            "The circuit breaker of the store's endpoint: 1 for the state that it is in, 0 for the others.",
            "state");
    static final MetricFamily STORE = gauge(
            "medicloud_store",
            "The store, as checks and uploads find it: 1 for the state that it is in, 0 for the others.",
            "state");
    static final MetricFamily UPLOAD_WAITING =
            gauge("medicloud_upload_waiting_segments", "Segments that wait for the store, with those under way.");
    static final MetricFamily UPLOAD_WAITING_BYTES =
            gauge("medicloud_upload_waiting_bytes", "The bytes of those segments.");
    static final MetricFamily UPLOAD_OLDEST = gauge(
            "medicloud_upload_oldest_seconds",
            "How long the oldest segment that waits for the store has waited, since it was sealed or found at the start; 0 if none does.");
    static final MetricFamily SPOOL_FREE =
            gauge("medicloud_spool_free_bytes", "Bytes that are free on the spool's disk, measured each second.");
    static final MetricFamily SPOOL_DISK =
            gauge("medicloud_spool_disk_bytes", "Bytes that the spool's disk has in all.");
    static final MetricFamily SPOOL_QUEUE =
            gauge("medicloud_spool_queue_bytes", "Received bytes that wait for the disk, of all streams.");

    static final MetricFamily RPC_CALLS = counter(
            "medicloud_rpc_calls_total",
            "Calls of the API that are over, by the face they came to (grpc, http), method and status code.",
            "face",
            "method",
            "code");
    static final MetricFamily RPC_SECONDS =
            histogram("medicloud_rpc_seconds", "How long calls took that have one answer.", "face", "method");
    static final MetricFamily HTTP_RECEIVED = counter(
            "medicloud_http_received_bytes_total",
            "Bytes that clients sent, with headers and encryption, by the face they came to (grpc, http).",
            "face");
    static final MetricFamily HTTP_SENT = counter(
            "medicloud_http_sent_bytes_total",
            "Bytes that were sent to clients, with headers and encryption, by face: players' segments are among those of http.",
            "face");
    static final MetricFamily EVENTS_LAG = gauge(
            "medicloud_events_lag",
            "Events that a reader of the log is behind the newest: the webhook, the watcher that is farthest behind, the maker of thumbnails.",
            "reader");
    static final MetricFamily EVENTS_WAITING =
            gauge("medicloud_events_waiting", "Changes that wait to be written to the durable record.");

    static final MetricFamily MEMORY_DIRECT = gauge(
            "medicloud_memory_direct_bytes", "Memory outside the heap that buffers of received and sent data have.");
    static final MetricFamily LOOP_DELAY = gauge(
            "medicloud_event_loop_delay_seconds",
            "The longest that something had to wait for an event loop: of the API's (control) in the last minute, of SRT's (srt) in the last second in which there was something to do.",
            "loop");
    static final MetricFamily UDP_DROPS = counter(
            "medicloud_udp_drops_total",
            "Datagrams that the kernel discarded since it started because nobody took them in time, of all programs in this network namespace (Linux).");
    static final MetricFamily PROCESS_CPU =
            counter("process_cpu_seconds_total", "Processor time that the process has used.");

    /** What the libraries' own binders export, by how its names begin; what is there differs between runtimes. */
    static final List<Binder> BINDERS = List.of(
            new Binder("jvm_memory_", "heap and other memory of the JVM, by area and pool"),
            new Binder("jvm_buffer_", "buffers of the JVM outside the heap: direct and mapped"),
            new Binder("jvm_gc_", "garbage collections: pauses, their causes, what was allocated and kept"),
            new Binder("jvm_threads_", "threads of the JVM, by state"),
            new Binder("process_", "file handles, processor share, time of start"),
            new Binder("system_", "processors and load of the machine"));

    /**
     * Metrics by a binder.
     *
     * @param prefix how their names begin
     */
    record Binder(String prefix, String about) {}

    /** Metrics of one kind. */
    record Group(String title, List<MetricFamily> families) {}

    private MetricCatalog() {}

    static List<Group> groups() {
        return List.of(
                new Group("The service", List.of(READY, STREAMS, CALLERS_REFUSED, CONFIG_RELOADS, OTLP_RECORDS)),
                new Group("Limits", List.of(LIMIT, LIMIT_USED, LIMIT_REACHED)),
                new Group(
                        "Segments, on their way from the network to the bucket",
                        List.of(
                                SEGMENT_SPOOL_SECONDS,
                                SEGMENT_STORE_SECONDS,
                                SEGMENT_DURATION_SECONDS,
                                SEGMENT_BYTES,
                                SEGMENTS_LOST)),
                new Group(
                        "Uploads and spool",
                        List.of(
                                UPLOAD_ATTEMPTS,
                                UPLOAD_BYTES,
                                UPLOAD_BREAKER,
                                STORE,
                                UPLOAD_WAITING,
                                UPLOAD_WAITING_BYTES,
                                UPLOAD_OLDEST,
                                SPOOL_FREE,
                                SPOOL_DISK,
                                SPOOL_QUEUE)),
                new Group(
                        "API and events",
                        List.of(RPC_CALLS, RPC_SECONDS, HTTP_RECEIVED, HTTP_SENT, EVENTS_LAG, EVENTS_WAITING)),
                new Group("The process", List.of(MEMORY_DIRECT, LOOP_DELAY, UDP_DROPS, PROCESS_CPU)),
                new Group("Each stream", each(StreamFamily::ofEach)),
                new Group("All streams together", each(StreamFamily::ofAll)));
    }

    private static List<MetricFamily> each(Function<StreamFamily, Stream<MetricFamily>> families) {
        return StreamFamilies.ALL.stream().flatMap(families).toList();
    }

    /** All but those of {@link #BINDERS}. */
    static List<MetricFamily> all() {
        return groups().stream()
                .flatMap(group -> group.families().stream())
                .flatMap(family -> family.withCompanions().stream())
                .toList();
    }
}
