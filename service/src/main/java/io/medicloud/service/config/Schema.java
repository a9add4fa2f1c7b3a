// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.config;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/** What can be set: where the service listens, and how streams come in and are cut. {@link StorageSchema}, {@link SecuritySchema}, {@link ClusterSchema} and {@link ObserveSchema} have the rest. */
final class Schema {
    static final SettingGroup ALL = new SettingGroup();

    static final Setting<String> GRPC_HOST = ALL.host("grpc.host", "where gRPC listens", "127.0.0.1", "GRPC_HOST");
    static final Setting<Integer> GRPC_PORT =
            ALL.number("grpc.port", "its port; 0 takes any free one", "50051", 0, 65_535, "GRPC_PORT");
    static final Setting<String> HTTP_HOST = ALL.host("http.host", "where HTTP listens", "127.0.0.1", "HTTP_HOST");
    static final Setting<Integer> HTTP_PORT =
            ALL.number("http.port", "its port; 0 takes any free one", "8080", 0, 65_535, "HTTP_PORT");

    static final Setting<String> SRT_HOST =
            ALL.host("srt.host", "the address on which streams are accepted", "0.0.0.0", "SRT_HOST");
    static final Setting<PortRange> SRT_PORTS = ALL.add(
            "srt.ports",
            "one UDP port a stream, in turn; a port that another program holds is passed over",
            "4000-5000",
            "a range of ports within 1-65535 such as 4000-5000",
            PortRange::parse);
    static final Setting<Integer> SRT_SHARED_PORT = ALL.number(
            "srt.sharedPort",
            "the UDP port for all streams that are told apart by stream id; 0: none",
            "0",
            0,
            65_535,
            null);
    static final Setting<String> SRT_STACK = ALL.choice(
            "srt.stack",
            "the SRT stack; `auto` takes `libsrt` where it loads and nothing is to be feared of it (`srt.libsrt.allowOld`), else `java`",
            "auto",
            "auto",
            "java",
            "libsrt");
    static final Setting<Boolean> SRT_OLD_LIBSRT = ALL.choice(
            "srt.libsrt.allowOld",
            "lets `libsrt` be taken though its version has memory errors that callers can reach, as when a distribution has mended that version; it always may where `srt.host` is"
                    + " this machine's alone",
            "false",
            "true",
            "false",
            Values::isTrue);
    static final Setting<Duration> SRT_LATENCY =
            ALL.duration("srt.latency", "the receiver's buffer; an encoder may ask for more", "120ms", "20ms", "60s");

    static final Setting<Duration> SEGMENT_DURATION = ALL.duration(
            "segment.duration", "a segment ends at the first random access point from there on", "10s", "100ms", "1h");
    static final Setting<Duration> SEGMENT_MAX_DURATION = ALL.duration(
            "segment.maxDuration",
            "the longest a segment may get before it is cut without a random access point; 0s: twice `segment.duration`",
            "0s",
            "0s",
            "2h");
    static final Setting<Duration> SEGMENT_MIN_DURATION = ALL.duration(
            "segment.minDuration",
            "nothing but a discontinuity, a change of streams or `segment.maxBytes` ends a segment before this",
            "0s",
            "0s",
            "1h");
    static final Setting<Boolean> SEGMENT_AT_CLOCK = ALL.choice(
            "segment.align",
            "`clock`: segments end at the multiples of their duration of the time of day",
            "none",
            "clock",
            "none",
            text -> text.equals("clock"));
    static final Setting<Boolean> SEGMENT_AT_SPLICES = ALL.choice(
            "segment.splices",
            "`cut`: segments end also at the first random access point at or after a SCTE 35 splice point",
            "ignore",
            "cut",
            "ignore",
            text -> text.equals("cut"));
    static final Setting<Boolean> SEGMENT_PARAMETER_SETS = ALL.choice(
            "segment.parameterSets",
            "`repeat`: a random access point without parameter sets gets the last ones in front, counted as injected",
            "keep",
            "repeat",
            "keep",
            text -> text.equals("repeat"));
    static final Setting<Long> SEGMENT_MAX_BYTES =
            ALL.bytes("segment.maxBytes", "the most bytes of a segment", "64MiB", "256KiB", "4GiB");

    static final Setting<Duration> STREAM_RECONNECT_WINDOW = ALL.duration(
            "stream.reconnectWindow",
            "how long a stream waits for its encoder to come back before it has ended; 0s: for ever",
            "30s",
            "0s",
            "24h");
    static final Setting<Integer> STREAM_LIMIT =
            ALL.number("stream.limit", "the most streams at once", "500", 1, 10_000, null);
    static final Setting<Integer> STREAM_LIMIT_PER_CLIENT = ALL.number(
            "stream.limitPerClient",
            "the most streams at once that one client has started: who is known by name, others by address ([security.md](security.md#how-many-streams)); 0: as many as `stream.limit`",
            "0",
            0,
            10_000,
            null);
    static final Setting<Integer> STREAM_WATCHERS =
            ALL.number("stream.watchers", "the most watchers of one stream", "64", 1, 10_000, null);
    static final Setting<Integer> STREAM_MONITORED = ALL.number(
            "stream.monitored",
            "how many streams at once are measured by TR 101 290, the first that were started; each takes about 1 MB of memory (30 at the most) and 2 to 3 times the processor time of its cut; 0: none",
            "32",
            0,
            10_000,
            null);
    static final Setting<Duration> STREAM_UPLOAD_WAIT = ALL.duration(
            "stream.uploadWait",
            "how long `StopPullStream` waits for the last upload before it answers; the upload goes on",
            "5s",
            "0s",
            "60s");
    static final Setting<Boolean> STREAM_TAKEOVER = ALL.choice(
            "stream.takeover",
            "a second encoder while the first one sends: `refuse`, or `replace`: it takes its place, once what had arrived from the first is delivered",
            "refuse",
            "replace",
            "refuse",
            text -> text.equals("replace"));
    static final Setting<Duration> STREAM_NO_MEDIA = ALL.duration(
            "stream.noMediaTimeout",
            "a stream to which no media has come for so long from its start has failed; 0s: it waits for ever",
            "0s",
            "0s",
            "24h");
    static final Setting<Duration> STREAM_STALL = ALL.duration(
            "stream.stallAfter",
            "a source that is connected and brings nothing for so long is told (`STALLED`; so is one that brings no keyframe for `segment.maxDuration`); 0s: never",
            "10s",
            "0s",
            "24h");
    static final Setting<Duration> STREAM_MAX_DURATION =
            ALL.duration("stream.maxDuration", "how long a stream may run; 0s: for ever", "0s", "0s", "8760h");
    static final Setting<Long> STREAM_MAX_BITRATE = ALL.add(
            "stream.maxBitrate",
            "what is above, over two seconds, is dropped, counted and told; 0: no limit",
            "0",
            "a bit rate up to 10G such as 20M, or 0",
            text -> Values.within(Units.bitsPerSecond(text), 0L, 10_000_000_000L));

    /** The keys of settings.json, and what they are here. */
    static final Map<String, Setting<?>> OLD_FILE =
            Map.of("srt_ports", SRT_PORTS, "cache_dir", StorageSchema.CACHE_DIR, "segment_time", SEGMENT_DURATION);

    private Schema() {}

    static Map<String, Setting<?>> byPath() {
        Map<String, Setting<?>> found = new LinkedHashMap<>();
        Schema.ALL.settings().forEach(setting -> found.put(setting.path(), setting));
        StorageSchema.ALL.settings().forEach(setting -> found.put(setting.path(), setting));
        SecuritySchema.ALL.settings().forEach(setting -> found.put(setting.path(), setting));
        ClusterSchema.ALL.settings().forEach(setting -> found.put(setting.path(), setting));
        ObserveSchema.ALL.settings().forEach(setting -> found.put(setting.path(), setting));
        return found;
    }
}
