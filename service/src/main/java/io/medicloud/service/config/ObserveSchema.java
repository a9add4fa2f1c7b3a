// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.config;

import java.time.Duration;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/** What can be set: the log, what is told to a receiver of OTLP, and when a stream's figures are told as alarms. */
final class ObserveSchema {
    static final SettingGroup ALL = new SettingGroup();
    private static final Pattern HEADERS =
            Pattern.compile("|[A-Za-z0-9_-]+=[ -~&&[^,]]+(,[A-Za-z0-9_-]+=[ -~&&[^,]]+)*");
    private static final Pattern LOGGER = Pattern.compile("[A-Za-z0-9_.$]{1,128}");
    private static final List<String> LEVELS = List.of("error", "warn", "info", "debug", "trace", "off");

    static final Setting<Boolean> LOG_JSON = ALL.choice(
            "log.format",
            "lines for people, or `json`: one object a line ([logs.md](logs.md))",
            "text",
            "json",
            "text",
            text -> text.equals("json"));
    static final Setting<Map<String, String>> LOG_LEVELS = ALL.add(
            "log.levels",
            "how much loggers say; what is not named is as it begins: `io.medicloud=info` (`debug` with `--verbose`), `audit=info`, others `warn`",
            "",
            "names of loggers with one of " + String.join(", ", LEVELS)
                    + ", joined by commas: io.medicloud=debug,audit=off",
            ObserveSchema::levels);
    static final Setting<String> OTLP_ENDPOINT = ALL.add(
            "otlp.endpoint",
            "the receiver of OTLP (OpenTelemetry) that `otlp.signals` go to ([tracing.md](tracing.md)); empty: none",
            "",
            "an address such as http://collector:4317, without a path",
            Values::endpoint);
    static final Setting<String> OTLP_PROTOCOL = ALL.choice(
            "otlp.protocol",
            "`grpc`, or `http`: protobuf over HTTP, to `/v1/traces`, `/v1/logs` and `/v1/metrics`",
            "grpc",
            "grpc",
            "http");
    static final Setting<Secret> OTLP_HEADERS = ALL.old(
            "otlp.headers",
            "what requests to it say besides, such as `Authorization=Bearer …`",
            "",
            "name=value, joined by commas; 4096 characters at most",
            ObserveSchema::headers,
            null,
            true);
    static final Setting<Set<OtlpConfig.Signal>> OTLP_SIGNALS = ALL.add(
            "otlp.signals",
            "what goes there",
            "traces",
            "some of traces, logs, metrics, joined by commas",
            ObserveSchema::signals);
    static final Setting<Double> OTLP_SAMPLING = ALL.add(
            "otlp.sampling",
            "the share of traces that is kept; a call that comes with a trace's context does as that says",
            "1",
            "a number from 0 to 1",
            text -> Values.within(Double.parseDouble(text), 0.0, 1.0));
    static final Setting<Integer> OTLP_QUEUE = ALL.number(
            "otlp.queue",
            "how many spans, and how many log records, may wait while the receiver is slow or away; past it they are dropped and counted (`medicloud_otlp_records_total`)",
            "4096",
            16,
            100_000,
            null);
    static final Setting<Duration> OTLP_METRICS_EVERY =
            ALL.duration("otlp.metricsInterval", "how often metrics are sent", "30s", "1s", "1h");

    static final Setting<Long> ALARM_BITRATE = ALL.add(
            "alarms.bitrateBelow",
            "a connected stream that comes slower is told as an event (`QUALITY_ALARM`); 0: none is",
            "0",
            "a bit rate such as 8M or 800k, 10G at most",
            text -> Values.within(Units.bitsPerSecond(text), 0L, 10_000_000_000L));
    static final Setting<Double> ALARM_FRAME_RATE = ALL.add(
            "alarms.frameRateBelow",
            "so is one with fewer pictures a second; 0: none is",
            "0",
            "a number from 0 to 300",
            text -> Values.within(Double.parseDouble(text), 0.0, 300.0));
    static final Setting<Double> ALARM_LOSS = ALL.add(
            "alarms.lossAbove",
            "so is one of which more packets, in percent, are missing for good within ten seconds; 100: none is",
            "100",
            "a number from 0 to 100",
            text -> Values.within(Double.parseDouble(text), 0.0, 100.0));
    static final Setting<Duration> ALARM_RTT = ALL.duration(
            "alarms.rttAbove",
            "so is one whose packets take longer to the encoder and back; 0s: none is",
            "0s",
            "0s",
            "60s");
    static final Setting<Duration> ALARM_AFTER = ALL.duration(
            "alarms.after",
            "for how long a figure is beyond its threshold before that is told, and a tenth of the threshold within it before the alarm ends",
            "10s",
            "0s",
            "1h");

    private ObserveSchema() {}

    private static Map<String, String> levels(String text) {
        Map<String, String> levels = new LinkedHashMap<>();
        for (String name : Values.names(text)) {
            String[] parts = name.split("=", -1);
            if (parts.length != 2) {
                throw new IllegalArgumentException(name);
            }
            levels.put(
                    Values.matching(LOGGER, parts[0].strip()),
                    Values.oneOf(LEVELS, parts[1].strip().toLowerCase(Locale.ROOT)));
        }
        return levels;
    }

    private static Secret headers(String text) {
        if (text.length() > 4096) {
            throw new IllegalArgumentException("too long");
        }
        return Secret.of(Values.matching(HEADERS, text));
    }

    private static Set<OtlpConfig.Signal> signals(String text) {
        Set<OtlpConfig.Signal> signals = EnumSet.noneOf(OtlpConfig.Signal.class);
        for (String name : Values.names(text)) {
            if (!name.equals(name.toLowerCase(Locale.ROOT))) {
                throw new IllegalArgumentException(name);
            }
            signals.add(OtlpConfig.Signal.valueOf(name.toUpperCase(Locale.ROOT)));
        }
        return signals;
    }
}
