// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.config;

import io.medicloud.pipeline.thumbnail.ThumbnailLimits;
import java.nio.file.Path;
import java.time.Duration;
import java.util.regex.Pattern;

/** What can be set: where segments and events go, what is kept, and what the process may do. */
final class StorageSchema {
    static final SettingGroup ALL = new SettingGroup();
    private static final Pattern BUCKET = Pattern.compile("[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]");

    static final Setting<String> STORE_ENDPOINT = ALL.old(
            "store.endpoint",
            "the S3 store; empty: the embedded one, below `cacheDir`",
            "",
            "an address such as http://minio:9000",
            Values::endpoint,
            "MINIO_ENDPOINT",
            false);
    static final Setting<Secret> STORE_ACCESS_KEY = ALL.old(
            "store.accessKey",
            "its access key",
            "",
            "a key of at most 256 characters",
            Values::secret,
            "MINIO_ACCESS_KEY",
            true);
    static final Setting<Secret> STORE_SECRET_KEY = ALL.old(
            "store.secretKey",
            "its secret key",
            "",
            "a key of at most 256 characters",
            Values::secret,
            "MINIO_SECRET_KEY",
            true);
    static final Setting<String> STORE_BUCKET = ALL.old(
            "store.bucket",
            "the bucket, made if it is missing and may be made",
            "videos",
            "a bucket name of 3 to 63 characters of a-z 0-9 . -",
            text -> Values.matching(BUCKET, text),
            "MINIO_BUCKET",
            false);
    static final Setting<Duration> STORE_CONNECT_TIMEOUT = ALL.duration(
            "store.connectTimeout",
            "an attempt that is not connected after this is given up, and made again",
            "5s",
            "100ms",
            "5m");
    static final Setting<Duration> STORE_IO_TIMEOUT = ALL.duration(
            "store.ioTimeout",
            "an attempt in which nothing moves for so long is given up, and made again",
            "15s",
            "100ms",
            "10m");
    static final Setting<Duration> STORE_ATTEMPT_TIMEOUT = ALL.duration(
            "store.attemptTimeout",
            "an attempt that is not done after this is given up, and made again",
            "10m",
            "1s",
            "2h");
    static final Setting<Integer> STORE_EMBEDDED_PORT =
            ALL.number("store.embeddedPort", "the port of the embedded store; 0: any", "0", 0, 65_535, null);

    static final Setting<Long> UPLOAD_MAX_SEGMENTS = ALL.count(
            "upload.maxSegments",
            "how many segments may wait for the bucket in memory, of all streams; what waits on disk alone (`UploadLimits.mostQueuedPerStream`) is not counted here but by `spool.maxBytes`; past it no stream is added (`RESOURCE_EXHAUSTED`); 0: no limit",
            "0");
    static final Setting<Long> UPLOAD_MAX_BYTES =
            ALL.bytes("upload.maxBytes", "the same in bytes", "0", "0", "1000000GiB");
    static final Setting<Integer> EVENT_BACKLOG = ALL.number(
            "events.backlog", "how many events are kept for those who come late", "100000", 1000, 10_000_000, null);
    static final Setting<Integer> EVENT_WATCHERS =
            ALL.number("events.watchers", "the most watchers of events", "64", 1, 10_000, null);
    static final Setting<Integer> STATS_WATCHERS =
            ALL.number("stats.watchers", "the most watchers of streams' statistics", "64", 1, 10_000, null);
    static final Setting<String> WEBHOOK_URL = ALL.add(
            "webhook.url",
            "where events are posted; empty: nowhere",
            "",
            "an address such as https://host/path",
            Values::httpUrl);
    static final Setting<Secret> WEBHOOK_SECRET = ALL.old(
            "webhook.secret",
            "what those requests are signed with",
            "",
            "a secret of at most 256 characters",
            Values::secret,
            null,
            true);
    static final Setting<Secret> PLAYBACK_SECRET = ALL.old(
            "playback.secret",
            "what addresses of playlists, segments and pictures over HTTP are signed with; empty: they need no signature",
            "",
            "a secret of 16 to 256 characters",
            Values::longSecret,
            null,
            true);
    static final Setting<Duration> PLAYBACK_EXPIRES = ALL.duration(
            "playback.expires",
            "how long a signed address is good that is asked for without a time of its own",
            "6h",
            "10s",
            "8760h");
    static final Setting<Duration> PLAYBACK_MAX_EXPIRES = ALL.duration(
            "playback.maxExpires",
            "how long one is good at the most, whatever time it is asked for with; not longer than the token of who asks",
            "24h",
            "10s",
            "8760h");
    static final Setting<Duration> SPOOL_FSYNC_INTERVAL = ALL.duration(
            "spool.fsyncInterval",
            "how often open segments are forced to disk: what a power cut may cost; 0s: when they are sealed",
            "1s",
            "0s",
            "1m");
    static final Setting<Long> SPOOL_MAX_BYTES =
            ALL.bytes("spool.maxBytes", "the most the spool may hold; 0: no limit", "0", "0", "1000000GiB");
    static final Setting<Long> SPOOL_MIN_FREE = ALL.bytes(
            "spool.minFree",
            "what must be free on the spool's disk, or half of it where that is less; 0: nothing",
            "256MiB",
            "0",
            "1000000GiB");
    static final Setting<Long> SPOOL_RESERVE = ALL.bytes(
            "spool.reserve",
            "what a file holds for the record and for the ends of segments (an eighth of a small disk at the most): given free when the disk is full, held again when there is twice as much room; meanwhile what comes is dropped, counted and told; 0: nothing",
            "16MiB",
            "0",
            "16GiB");
    static final Setting<Long> SPOOL_QUEUE_PER_STREAM = ALL.bytes(
            "spool.queuePerStream",
            "received bytes that may wait in memory for the disk, of one stream; past it the stream's open segment is cut, and what comes is dropped, counted and told",
            "8MiB",
            "512KiB",
            "4GiB");
    static final Setting<Long> SPOOL_QUEUE =
            ALL.bytes("spool.queue", "the same of all streams", "128MiB", "512KiB", "64GiB");
    static final Setting<Boolean> SPOOL_WHEN_FULL = ALL.choice(
            "spool.whenFull",
            "past `spool.maxBytes` or `spool.minFree`: no stream is added (`RESOURCE_EXHAUSTED`), those that run go on while there is room; `dropOldest`: besides the oldest segments that are not uploaded are deleted, and told (`SEGMENT_LOST`)",
            "refuse",
            "dropOldest",
            "refuse",
            text -> text.equals("dropOldest"));
    static final Setting<Duration> RETENTION_AGE = ALL.duration(
            "retention.age",
            "how long the segments of a stream stay in the bucket, unless it was started with limits of its own; older ones are deleted, and told (`SEGMENT_EXPIRED`); 0s: for ever",
            "0s",
            "0s",
            "876000h");
    static final Setting<Long> RETENTION_BYTES = ALL.bytes(
            "retention.bytes",
            "how many bytes they may have; the oldest are deleted; 0: no limit",
            "0",
            "0",
            "1000000GiB");
    static final Setting<Long> RETENTION_COUNT =
            ALL.count("retention.count", "how many there may be; the oldest are deleted; 0: no limit", "0");
    static final Setting<Boolean> THUMBNAILS = ALL.choice(
            "thumbnails.enabled",
            "whether pictures of streams are made, and deleted with their segments; what is in the bucket is served all the same",
            "true",
            "true",
            "false",
            Values::isTrue);
    static final Setting<Integer> THUMBNAIL_WIDTH = ALL.number(
            "thumbnails.width",
            "their width in pixels",
            Integer.toString(ThumbnailLimits.WIDTH),
            16,
            ThumbnailLimits.MOST_WIDTH,
            null);
    static final Setting<Integer> THUMBNAIL_PIXELS = ALL.number(
            "thumbnails.maxPixels",
            "the most pixels of a picture that is decoded; about 5 bytes of memory for each while that lasts",
            Integer.toString(ThumbnailLimits.MOST_PIXELS),
            256,
            1 << 26,
            null);
    static final Setting<Path> CACHE_DIR =
            ALL.add("cacheDir", "spool, record and embedded store", "./cache", "a folder", Values::path);
    static final Setting<Duration> SHUTDOWN_TIMEOUT = ALL.duration(
            "shutdown.timeout",
            "how long a shutdown waits for uploads, once what had arrived is delivered (one SRT latency); what is left goes up at the next start",
            "10s",
            "0s",
            "10m");

    private StorageSchema() {}
}
