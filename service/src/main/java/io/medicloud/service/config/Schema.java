// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.config;

import io.medicloud.pipeline.thumbnail.ThumbnailLimits;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Everything that can be set, in the order in which it is documented. */
final class Schema {
    private static final List<Setting<?>> ALL = new ArrayList<>();
    private static final Pattern HOST = Pattern.compile("[A-Za-z0-9._:%\\[\\]-]{1,253}");
    private static final Pattern BUCKET = Pattern.compile("[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]");

    static final Setting<String> GRPC_HOST = host("grpc.host", "where gRPC listens", "127.0.0.1", "GRPC_HOST");
    static final Setting<Integer> GRPC_PORT =
            number("grpc.port", "its port; 0 takes any free one", "50051", 0, 65_535, "GRPC_PORT");
    static final Setting<String> HTTP_HOST = host("http.host", "where HTTP listens", "127.0.0.1", "HTTP_HOST");
    static final Setting<Integer> HTTP_PORT =
            number("http.port", "its port; 0 takes any free one", "8080", 0, 65_535, "HTTP_PORT");

    static final Setting<String> SRT_HOST =
            host("srt.host", "the address on which streams are accepted", "0.0.0.0", "SRT_HOST");
    static final Setting<PortRange> SRT_PORTS = add(
            "srt.ports",
            "one UDP port a stream, in turn; a port that another program holds is passed over",
            "4000-5000",
            "a range of ports within 1-65535 such as 4000-5000",
            PortRange::parse);
    static final Setting<Integer> SRT_SHARED_PORT = number(
            "srt.sharedPort",
            "the UDP port for all streams that are told apart by stream id; 0: none",
            "0",
            0,
            65_535,
            null);
    static final Setting<String> SRT_STACK = choice(
            "srt.stack", "the SRT stack; `auto` takes `libsrt` where it loads", "auto", "auto", "java", "libsrt");
    static final Setting<Duration> SRT_LATENCY =
            duration("srt.latency", "the receiver's buffer; an encoder may ask for more", "120ms", "20ms", "60s");

    static final Setting<Duration> SEGMENT_DURATION = duration(
            "segment.duration", "a segment ends at the first random access point from there on", "10s", "100ms", "1h");
    static final Setting<Duration> SEGMENT_MAX_DURATION = duration(
            "segment.maxDuration",
            "the longest a segment may get before it is cut without a random access point; 0s: twice `segment.duration`",
            "0s",
            "0s",
            "2h");
    static final Setting<Duration> SEGMENT_MIN_DURATION = duration(
            "segment.minDuration",
            "nothing but a discontinuity, a change of streams or `segment.maxBytes` ends a segment before this",
            "0s",
            "0s",
            "1h");
    static final Setting<Boolean> SEGMENT_AT_CLOCK = choice(
            "segment.align",
            "`clock`: segments end at the multiples of their duration of the time of day",
            "none",
            "clock",
            "none",
            text -> text.equals("clock"));
    static final Setting<Boolean> SEGMENT_AT_SPLICES = choice(
            "segment.splices",
            "`cut`: segments end also at the first random access point at or after a SCTE 35 splice point",
            "ignore",
            "cut",
            "ignore",
            text -> text.equals("cut"));
    static final Setting<Boolean> SEGMENT_PARAMETER_SETS = choice(
            "segment.parameterSets",
            "`repeat`: a random access point without parameter sets gets the last ones in front, counted as injected",
            "keep",
            "repeat",
            "keep",
            text -> text.equals("repeat"));
    static final Setting<Long> SEGMENT_MAX_BYTES =
            bytes("segment.maxBytes", "the most bytes of a segment", "64MiB", "188KB", "4GiB");

    static final Setting<Duration> STREAM_RECONNECT_WINDOW = duration(
            "stream.reconnectWindow",
            "how long a stream waits for its encoder to come back before it has ended; 0s: for ever",
            "30s",
            "0s",
            "24h");
    static final Setting<Integer> STREAM_LIMIT =
            number("stream.limit", "the most streams at once", "500", 1, 10_000, null);
    static final Setting<Integer> STREAM_WATCHERS =
            number("stream.watchers", "the most watchers of one stream", "64", 1, 10_000, null);
    static final Setting<Integer> STREAM_MONITORED = number(
            "stream.monitored",
            "how many streams at once are measured by TR 101 290, the first that were started; each takes about 1 MB of memory (30 at the most) and 2 to 3 times the processor time of its cut; 0: none",
            "32",
            0,
            10_000,
            null);
    static final Setting<Duration> STREAM_UPLOAD_WAIT = duration(
            "stream.uploadWait",
            "how long `StopPullStream` waits for the last upload before it answers; the upload goes on",
            "5s",
            "0s",
            "60s");
    static final Setting<Boolean> STREAM_TAKEOVER = choice(
            "stream.takeover",
            "a second encoder while the first one sends: `refuse`, or `replace`: it takes its place, once what had arrived from the first is delivered",
            "refuse",
            "replace",
            "refuse",
            text -> text.equals("replace"));
    static final Setting<Duration> STREAM_NO_MEDIA = duration(
            "stream.noMediaTimeout",
            "a stream to which no media has come for so long from its start has failed; 0s: it waits for ever",
            "0s",
            "0s",
            "24h");
    static final Setting<Duration> STREAM_STALL = duration(
            "stream.stallAfter",
            "a source that is connected and brings nothing for so long is told (`STALLED`; so is one that brings no keyframe for `segment.maxDuration`); 0s: never",
            "10s",
            "0s",
            "24h");
    static final Setting<Duration> STREAM_MAX_DURATION =
            duration("stream.maxDuration", "how long a stream may run; 0s: for ever", "0s", "0s", "8760h");
    static final Setting<Long> STREAM_MAX_BITRATE = add(
            "stream.maxBitrate",
            "what is above, over two seconds, is dropped, counted and told; 0: no limit",
            "0",
            "a bit rate up to 10G such as 20M, or 0",
            text -> Values.within(Units.bitsPerSecond(text), 0L, 10_000_000_000L));

    static final Setting<String> STORE_ENDPOINT = old(
            "store.endpoint",
            "the S3 store; empty: the embedded one, below `cacheDir`",
            "",
            "an address such as http://minio:9000",
            Values::endpoint,
            "MINIO_ENDPOINT",
            false);
    static final Setting<Secret> STORE_ACCESS_KEY = old(
            "store.accessKey",
            "its access key",
            "",
            "a key of at most 256 characters",
            Values::secret,
            "MINIO_ACCESS_KEY",
            true);
    static final Setting<Secret> STORE_SECRET_KEY = old(
            "store.secretKey",
            "its secret key",
            "",
            "a key of at most 256 characters",
            Values::secret,
            "MINIO_SECRET_KEY",
            true);
    static final Setting<String> STORE_BUCKET = old(
            "store.bucket",
            "the bucket, made if it is missing and may be made",
            "videos",
            "a bucket name of 3 to 63 characters of a-z 0-9 . -",
            text -> Values.matching(BUCKET, text),
            "MINIO_BUCKET",
            false);
    static final Setting<Duration> STORE_CONNECT_TIMEOUT = duration(
            "store.connectTimeout",
            "an attempt that is not connected after this is given up, and made again",
            "5s",
            "100ms",
            "5m");
    static final Setting<Duration> STORE_IO_TIMEOUT = duration(
            "store.ioTimeout",
            "an attempt in which nothing moves for so long is given up, and made again",
            "15s",
            "100ms",
            "10m");
    static final Setting<Duration> STORE_ATTEMPT_TIMEOUT = duration(
            "store.attemptTimeout",
            "an attempt that is not done after this is given up, and made again",
            "10m",
            "1s",
            "2h");
    static final Setting<Integer> STORE_EMBEDDED_PORT =
            number("store.embeddedPort", "the port of the embedded store; 0: any", "0", 0, 65_535, null);

    static final Setting<Long> UPLOAD_MAX_SEGMENTS = add(
            "upload.maxSegments",
            "how many segments may wait for the bucket, of all streams; past it no stream is added (`RESOURCE_EXHAUSTED`); 0: no limit",
            "0",
            "a whole number",
            text -> Values.within(Long.parseLong(text), 0L, Long.MAX_VALUE));
    static final Setting<Long> UPLOAD_MAX_BYTES = bytes("upload.maxBytes", "the same in bytes", "0", "0", "1000000GiB");
    static final Setting<Integer> EVENT_BACKLOG = number(
            "events.backlog", "how many events are kept for those who come late", "100000", 1000, 10_000_000, null);
    static final Setting<Integer> EVENT_WATCHERS =
            number("events.watchers", "the most watchers of events", "64", 1, 10_000, null);
    static final Setting<Integer> STATS_WATCHERS =
            number("stats.watchers", "the most watchers of streams' statistics", "64", 1, 10_000, null);
    static final Setting<String> WEBHOOK_URL = add(
            "webhook.url",
            "where events are posted; empty: nowhere",
            "",
            "an address such as https://host/path",
            Values::webhookUrl);
    static final Setting<Secret> WEBHOOK_SECRET = old(
            "webhook.secret",
            "what those requests are signed with",
            "",
            "a secret of at most 256 characters",
            Values::secret,
            null,
            true);
    static final Setting<Duration> SPOOL_FSYNC_INTERVAL = duration(
            "spool.fsyncInterval",
            "how often open segments are forced to disk: what a power cut may cost; 0s: when they are sealed",
            "1s",
            "0s",
            "1m");
    static final Setting<Long> SPOOL_MAX_BYTES =
            bytes("spool.maxBytes", "the most the spool may hold; 0: no limit", "0", "0", "1000000GiB");
    static final Setting<Long> SPOOL_MIN_FREE =
            bytes("spool.minFree", "what must be free on the spool's disk; 0: nothing", "256MiB", "0", "1000000GiB");
    static final Setting<Long> SPOOL_RESERVE = bytes(
            "spool.reserve",
            "what a file holds for the record and for the ends of segments (an eighth of a small disk at the most): given free when the disk is full, held again when there is twice as much room; meanwhile what comes is dropped, counted and told; 0: nothing",
            "16MiB",
            "0",
            "16GiB");
    static final Setting<Long> SPOOL_QUEUE_PER_STREAM = bytes(
            "spool.queuePerStream",
            "received bytes that may wait in memory for the disk, of one stream; past it the stream's open segment is cut, and what comes is dropped, counted and told",
            "8MiB",
            "512KiB",
            "4GiB");
    static final Setting<Long> SPOOL_QUEUE =
            bytes("spool.queue", "the same of all streams", "128MiB", "512KiB", "64GiB");
    static final Setting<Boolean> SPOOL_WHEN_FULL = choice(
            "spool.whenFull",
            "past `spool.maxBytes` or `spool.minFree`: no stream is added (`RESOURCE_EXHAUSTED`), those that run go on while there is room; `dropOldest`: besides the oldest segments that are not uploaded are deleted, and told (`SEGMENT_LOST`)",
            "refuse",
            "dropOldest",
            "refuse",
            text -> text.equals("dropOldest"));
    static final Setting<Duration> RETENTION_AGE = duration(
            "retention.age",
            "how long the segments of a stream stay in the bucket, unless it was started with limits of its own; older ones are deleted, and told (`SEGMENT_EXPIRED`); 0s: for ever",
            "0s",
            "0s",
            "876000h");
    static final Setting<Long> RETENTION_BYTES = bytes(
            "retention.bytes",
            "how many bytes they may have; the oldest are deleted; 0: no limit",
            "0",
            "0",
            "1000000GiB");
    static final Setting<Long> RETENTION_COUNT = add(
            "retention.count",
            "how many there may be; the oldest are deleted; 0: no limit",
            "0",
            "a whole number",
            text -> Values.within(Long.parseLong(text), 0L, Long.MAX_VALUE));
    static final Setting<Boolean> THUMBNAILS = choice(
            "thumbnails.enabled",
            "whether pictures of streams are made, and deleted with their segments; what is in the bucket is served all the same",
            "true",
            "true",
            "false",
            Values::isTrue);
    static final Setting<Integer> THUMBNAIL_WIDTH = number(
            "thumbnails.width",
            "their width in pixels",
            Integer.toString(ThumbnailLimits.WIDTH),
            16,
            ThumbnailLimits.MOST_WIDTH,
            null);
    static final Setting<Integer> THUMBNAIL_PIXELS = number(
            "thumbnails.maxPixels",
            "the most pixels of a picture that is decoded; about 5 bytes of memory for each while that lasts",
            Integer.toString(ThumbnailLimits.MOST_PIXELS),
            256,
            1 << 26,
            null);
    static final Setting<Path> CACHE_DIR =
            add("cacheDir", "spool, record and embedded store", "./cache", "a folder", Values::path);
    static final Setting<Duration> SHUTDOWN_TIMEOUT = duration(
            "shutdown.timeout",
            "how long a shutdown waits for uploads, once what had arrived is delivered (one SRT latency); what is left goes up at the next start",
            "10s",
            "0s",
            "10m");
    static final Setting<Secret> RECORD_KEY = old(
            "security.recordKey",
            "encrypts passphrases at rest; empty: a key is generated in `cacheDir/record.key`, mode 0600",
            "",
            "32 bytes in Base64",
            Values::recordKey,
            null,
            true);
    static final Setting<Boolean> INSECURE = choice(
            "security.insecure",
            "lets control addresses be reached from other machines without authentication",
            "false",
            "true",
            "false",
            Values::isTrue);

    /** The keys of settings.json, and what they are here. */
    static final Map<String, Setting<?>> OLD_FILE =
            Map.of("srt_ports", SRT_PORTS, "cache_dir", CACHE_DIR, "segment_time", SEGMENT_DURATION);

    private Schema() {}

    static Map<String, Setting<?>> byPath() {
        Map<String, Setting<?>> found = new LinkedHashMap<>();
        ALL.forEach(setting -> found.put(setting.path(), setting));
        return found;
    }

    private static <T> Setting<T> old(
            String path,
            String about,
            String fallback,
            String allowed,
            Function<String, T> parser,
            @Nullable String environment,
            boolean secret) {
        Setting<T> setting = new Setting<>(path, about, fallback, allowed, parser, environment, secret);
        ALL.add(setting);
        return setting;
    }

    private static <T> Setting<T> add(
            String path, String about, String fallback, String allowed, Function<String, T> parser) {
        return old(path, about, fallback, allowed, parser, null, false);
    }

    private static Setting<String> host(String path, String about, String fallback, String environment) {
        return old(
                path,
                about,
                fallback,
                "a host name or address",
                text -> Values.matching(HOST, text),
                environment,
                false);
    }

    private static Setting<Integer> number(
            String path, String about, String fallback, int least, int most, @Nullable String environment) {
        String allowed = "a whole number from " + least + " to " + most;
        return old(
                path,
                about,
                fallback,
                allowed,
                text -> Values.within(Integer.parseInt(text), least, most),
                environment,
                false);
    }

    private static Setting<Duration> duration(String path, String about, String fallback, String least, String most) {
        Duration from = Units.duration(least);
        Duration to = Units.duration(most);
        String allowed = "a duration from " + least + " to " + most + " such as 500ms, 6s or 2m";
        return add(path, about, fallback, allowed, text -> Values.within(Units.duration(text), from, to));
    }

    private static Setting<Long> bytes(String path, String about, String fallback, String least, String most) {
        String allowed = "a size from " + least + " to " + most + " such as 64MiB";
        return add(
                path,
                about,
                fallback,
                allowed,
                text -> Values.within(Units.bytes(text), Units.bytes(least), Units.bytes(most)));
    }

    private static Setting<String> choice(String path, String about, String fallback, String... choices) {
        List<String> known = List.of(choices);
        return add(path, about, fallback, "one of " + String.join(", ", known), text -> Values.oneOf(known, text));
    }

    private static <T> Setting<T> choice(
            String path, String about, String fallback, String one, String other, Function<String, T> convert) {
        List<String> known = List.of(one, other);
        return add(path, about, fallback, one + " or " + other, text -> convert.apply(Values.oneOf(known, text)));
    }
}
