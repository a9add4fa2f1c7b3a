// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.config;

import io.medicloud.pipeline.thumbnail.ThumbnailLimits;
import io.medicloud.service.security.SecretBox;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
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

    static final Setting<String> GRPC_HOST = host("grpc.host", "127.0.0.1", "GRPC_HOST");
    static final Setting<Integer> GRPC_PORT = number("grpc.port", "50051", 0, 65_535, "GRPC_PORT");
    static final Setting<String> HTTP_HOST = host("http.host", "127.0.0.1", "HTTP_HOST");
    static final Setting<Integer> HTTP_PORT = number("http.port", "8080", 0, 65_535, "HTTP_PORT");

    static final Setting<String> SRT_HOST = host("srt.host", "0.0.0.0", "SRT_HOST");
    static final Setting<PortRange> SRT_PORTS =
            add("srt.ports", "4000-5000", "a range of ports within 1-65535 such as 4000-5000", PortRange::parse);
    static final Setting<Integer> SRT_SHARED_PORT = number("srt.sharedPort", "0", 0, 65_535, null);
    static final Setting<String> SRT_STACK = choice("srt.stack", "auto", "auto", "java", "libsrt");
    static final Setting<Duration> SRT_LATENCY = duration("srt.latency", "120ms", "20ms", "60s");

    static final Setting<Duration> SEGMENT_DURATION = duration("segment.duration", "10s", "100ms", "1h");
    static final Setting<Duration> SEGMENT_MAX_DURATION = duration("segment.maxDuration", "0s", "0s", "2h");
    static final Setting<Duration> SEGMENT_MIN_DURATION = duration("segment.minDuration", "0s", "0s", "1h");
    static final Setting<Boolean> SEGMENT_AT_CLOCK =
            choice("segment.align", "none", "clock", "none", text -> text.equals("clock"));
    static final Setting<Boolean> SEGMENT_AT_SPLICES =
            choice("segment.splices", "ignore", "cut", "ignore", text -> text.equals("cut"));
    static final Setting<Boolean> SEGMENT_PARAMETER_SETS =
            choice("segment.parameterSets", "keep", "repeat", "keep", text -> text.equals("repeat"));
    static final Setting<Long> SEGMENT_MAX_BYTES = bytes("segment.maxBytes", "64MiB", "188KB", "4GiB");

    static final Setting<Duration> STREAM_RECONNECT_WINDOW = duration("stream.reconnectWindow", "30s", "0s", "24h");
    static final Setting<Integer> STREAM_LIMIT = number("stream.limit", "500", 1, 10_000, null);
    static final Setting<Integer> STREAM_WATCHERS = number("stream.watchers", "64", 1, 10_000, null);
    static final Setting<Integer> STREAM_MONITORED = number("stream.monitored", "32", 0, 10_000, null);
    static final Setting<Duration> STREAM_UPLOAD_WAIT = duration("stream.uploadWait", "5s", "0s", "60s");
    static final Setting<Boolean> STREAM_TAKEOVER =
            choice("stream.takeover", "refuse", "replace", "refuse", text -> text.equals("replace"));
    static final Setting<Duration> STREAM_NO_MEDIA = duration("stream.noMediaTimeout", "0s", "0s", "24h");
    static final Setting<Duration> STREAM_STALL = duration("stream.stallAfter", "10s", "0s", "24h");
    static final Setting<Duration> STREAM_MAX_DURATION = duration("stream.maxDuration", "0s", "0s", "8760h");
    static final Setting<Long> STREAM_MAX_BITRATE = add(
            "stream.maxBitrate",
            "0",
            "a bit rate up to 10G such as 20M, or 0",
            text -> within(Units.bitsPerSecond(text), 0L, 10_000_000_000L));

    static final Setting<String> STORE_ENDPOINT = old(
            "store.endpoint", "", "an address such as http://minio:9000", Schema::endpoint, "MINIO_ENDPOINT", false);
    static final Setting<Secret> STORE_ACCESS_KEY =
            old("store.accessKey", "", "a key of at most 256 characters", Schema::secret, "MINIO_ACCESS_KEY", true);
    static final Setting<Secret> STORE_SECRET_KEY =
            old("store.secretKey", "", "a key of at most 256 characters", Schema::secret, "MINIO_SECRET_KEY", true);
    static final Setting<String> STORE_BUCKET = old(
            "store.bucket",
            "videos",
            "a bucket name of 3 to 63 characters of a-z 0-9 . -",
            text -> matching(BUCKET, text),
            "MINIO_BUCKET",
            false);
    static final Setting<Duration> STORE_CONNECT_TIMEOUT = duration("store.connectTimeout", "5s", "100ms", "5m");
    static final Setting<Duration> STORE_IO_TIMEOUT = duration("store.ioTimeout", "15s", "100ms", "10m");
    static final Setting<Duration> STORE_ATTEMPT_TIMEOUT = duration("store.attemptTimeout", "10m", "1s", "2h");
    static final Setting<Integer> STORE_EMBEDDED_PORT = number("store.embeddedPort", "0", 0, 65_535, null);

    static final Setting<Long> UPLOAD_MAX_SEGMENTS =
            add("upload.maxSegments", "0", "a whole number", text -> within(Long.parseLong(text), 0L, Long.MAX_VALUE));
    static final Setting<Long> UPLOAD_MAX_BYTES = bytes("upload.maxBytes", "0", "0", "1000000GiB");
    static final Setting<Integer> EVENT_BACKLOG = number("events.backlog", "100000", 1000, 10_000_000, null);
    static final Setting<Integer> EVENT_WATCHERS = number("events.watchers", "64", 1, 10_000, null);
    static final Setting<Integer> STATS_WATCHERS = number("stats.watchers", "64", 1, 10_000, null);
    static final Setting<String> WEBHOOK_URL =
            add("webhook.url", "", "an address such as https://host/path", Schema::webhookUrl);
    static final Setting<Secret> WEBHOOK_SECRET =
            old("webhook.secret", "", "a secret of at most 256 characters", Schema::secret, null, true);
    static final Setting<Secret> PLAYBACK_SECRET =
            old("playback.secret", "", "a secret of 16 to 256 characters", Schema::longSecret, null, true);
    static final Setting<Duration> PLAYBACK_EXPIRES = duration("playback.expires", "6h", "10s", "8760h");
    static final Setting<Duration> SPOOL_FSYNC_INTERVAL = duration("spool.fsyncInterval", "1s", "0s", "1m");
    static final Setting<Long> SPOOL_MAX_BYTES = bytes("spool.maxBytes", "0", "0", "1000000GiB");
    static final Setting<Long> SPOOL_MIN_FREE = bytes("spool.minFree", "256MiB", "0", "1000000GiB");
    static final Setting<Long> SPOOL_RESERVE = bytes("spool.reserve", "16MiB", "0", "16GiB");
    static final Setting<Long> SPOOL_QUEUE_PER_STREAM = bytes("spool.queuePerStream", "8MiB", "512KiB", "4GiB");
    static final Setting<Long> SPOOL_QUEUE = bytes("spool.queue", "128MiB", "512KiB", "64GiB");
    static final Setting<Boolean> SPOOL_WHEN_FULL =
            choice("spool.whenFull", "refuse", "dropOldest", "refuse", text -> text.equals("dropOldest"));
    static final Setting<Duration> RETENTION_AGE = duration("retention.age", "0s", "0s", "876000h");
    static final Setting<Long> RETENTION_BYTES = bytes("retention.bytes", "0", "0", "1000000GiB");
    static final Setting<Long> RETENTION_COUNT =
            add("retention.count", "0", "a whole number", text -> within(Long.parseLong(text), 0L, Long.MAX_VALUE));
    static final Setting<Boolean> THUMBNAILS = choice("thumbnails.enabled", "true", "true", "false", Schema::isTrue);
    static final Setting<Integer> THUMBNAIL_WIDTH =
            number("thumbnails.width", Integer.toString(ThumbnailLimits.WIDTH), 16, ThumbnailLimits.MOST_WIDTH, null);
    static final Setting<Integer> THUMBNAIL_PIXELS =
            number("thumbnails.maxPixels", Integer.toString(ThumbnailLimits.MOST_PIXELS), 256, 1 << 26, null);
    static final Setting<Path> CACHE_DIR = add("cacheDir", "./cache", "a folder", Schema::path);
    static final Setting<Duration> SHUTDOWN_TIMEOUT = duration("shutdown.timeout", "10s", "0s", "10m");
    static final Setting<Secret> RECORD_KEY =
            old("security.recordKey", "", "32 bytes in Base64", Schema::recordKey, null, true);
    static final Setting<Boolean> INSECURE = choice("security.insecure", "false", "true", "false", Schema::isTrue);

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
            String fallback,
            String allowed,
            Function<String, T> parser,
            @Nullable String environment,
            boolean secret) {
        Setting<T> setting = new Setting<>(path, fallback, allowed, parser, environment, secret);
        ALL.add(setting);
        return setting;
    }

    private static <T> Setting<T> add(String path, String fallback, String allowed, Function<String, T> parser) {
        return old(path, fallback, allowed, parser, null, false);
    }

    private static Setting<String> host(String path, String fallback, String environment) {
        return old(path, fallback, "a host name or address", text -> matching(HOST, text), environment, false);
    }

    private static Setting<Integer> number(
            String path, String fallback, int least, int most, @Nullable String environment) {
        String allowed = "a whole number from " + least + " to " + most;
        return old(path, fallback, allowed, text -> within(Integer.parseInt(text), least, most), environment, false);
    }

    private static Setting<Duration> duration(String path, String fallback, String least, String most) {
        Duration from = Units.duration(least);
        Duration to = Units.duration(most);
        String allowed = "a duration from " + least + " to " + most + " such as 500ms, 6s or 2m";
        return add(path, fallback, allowed, text -> within(Units.duration(text), from, to));
    }

    private static Setting<Long> bytes(String path, String fallback, String least, String most) {
        String allowed = "a size from " + least + " to " + most + " such as 64MiB";
        return add(path, fallback, allowed, text -> within(Units.bytes(text), Units.bytes(least), Units.bytes(most)));
    }

    private static Setting<String> choice(String path, String fallback, String... choices) {
        List<String> known = List.of(choices);
        return add(path, fallback, "one of " + String.join(", ", known), text -> oneOf(known, text));
    }

    private static <T> Setting<T> choice(
            String path, String fallback, String one, String other, Function<String, T> convert) {
        List<String> known = List.of(one, other);
        return add(path, fallback, one + " or " + other, text -> convert.apply(oneOf(known, text)));
    }

    private static boolean isTrue(String text) {
        return text.equals("true");
    }

    private static String oneOf(List<String> known, String text) {
        if (!known.contains(text)) {
            throw new IllegalArgumentException(text);
        }
        return text;
    }

    private static <C extends Comparable<C>> C within(C value, C least, C most) {
        if (value.compareTo(least) < 0 || value.compareTo(most) > 0) {
            throw new IllegalArgumentException(value.toString());
        }
        return value;
    }

    private static String matching(Pattern pattern, String text) {
        if (!pattern.matcher(text).matches()) {
            throw new IllegalArgumentException(text);
        }
        return text;
    }

    private static Secret secret(String text) {
        if (text.length() > 256) {
            throw new IllegalArgumentException("too long");
        }
        return Secret.of(text);
    }

    /** It may be tried out by whoever has something that was signed with it. */
    private static Secret longSecret(String text) {
        if (!text.isEmpty() && text.length() < 16) {
            throw new IllegalArgumentException("too short");
        }
        return secret(text);
    }

    private static Secret recordKey(String text) {
        if (!text.isEmpty() && Base64.getDecoder().decode(text).length != SecretBox.KEY_BYTES) {
            throw new IllegalArgumentException("not 32 bytes");
        }
        return Secret.of(text);
    }

    private static Path path(String text) {
        if (text.isEmpty()) {
            throw new IllegalArgumentException("empty");
        }
        try {
            return Path.of(text);
        } catch (InvalidPathException e) {
            throw new IllegalArgumentException(text, e);
        }
    }

    private static String webhookUrl(String text) {
        if (text.isEmpty()) {
            return text;
        }
        try {
            URI uri = new URI(text);
            boolean isHttp = "http".equals(uri.getScheme()) || "https".equals(uri.getScheme());
            if (!isHttp || uri.getHost() == null || uri.getRawUserInfo() != null) {
                throw new IllegalArgumentException(text);
            }
            return text;
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException(text, e);
        }
    }

    /** Existing deployments write host:port as well as a whole address. */
    private static String endpoint(String text) {
        if (text.isEmpty()) {
            return text;
        }
        String whole = text.contains("://") ? text : "http://" + text;
        try {
            URI uri = new URI(whole);
            boolean plain = uri.getRawQuery() == null && uri.getRawFragment() == null && uri.getRawUserInfo() == null;
            boolean root = uri.getRawPath() == null
                    || uri.getRawPath().isEmpty()
                    || uri.getRawPath().equals("/");
            boolean http = "http".equals(uri.getScheme()) || "https".equals(uri.getScheme());
            if (uri.getHost() == null || uri.getPort() > 65_535 || !plain || !root || !http) {
                throw new IllegalArgumentException(text);
            }
            return whole;
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException(text, e);
        }
    }
}
