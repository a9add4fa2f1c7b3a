// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.stream;

import io.medicloud.pipeline.record.StreamRetention;
import io.medicloud.service.security.AddressRanges;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Settings of a stream as the durable record has them: a text each, by name. */
final class SettingsText {
    private static final String SEGMENT = "segment-duration-ms";
    private static final String LONGEST = "segment-max-duration-ms";
    private static final String BYTES = "segment-max-bytes";
    private static final String LATENCY = "latency-ms";
    private static final String PREFIX = "storage-prefix";
    private static final String WINDOW = "reconnect-window-ms";
    private static final String KEPT_AGE = "retention-age-ms";
    private static final String KEPT_BYTES = "retention-bytes";
    private static final String KEPT_COUNT = "retention-count";
    private static final String ALLOW_FROM = "allow-from";
    private static final String TAKEOVER = "takeover";

    private static final String MAX_BITRATE = "max-bitrate";
    private static final String STALL = "stall-after-ms";
    private static final String NO_MEDIA = "no-media-timeout-ms";
    private static final String ALARM_BITRATE = "alarm-bitrate-below";
    private static final String ALARM_FRAME_RATE = "alarm-frame-rate-below";
    private static final String ALARM_LOSS = "alarm-loss-above";
    private static final String ALARM_RTT = "alarm-rtt-above-ms";

    private SettingsText() {}

    /**
     * As text, all of them: what is written over others leaves none of those.
     *
     * @param before what the names begin with
     */
    static Map<String, String> write(StreamSettings settings, String before) {
        Map<String, String> map = new HashMap<>();
        map.put(before + SEGMENT, millis(settings.segmentDuration()));
        map.put(before + LONGEST, millis(settings.segmentMaxDuration()));
        map.put(before + BYTES, Long.toString(settings.segmentMaxBytes()));
        map.put(before + LATENCY, millis(settings.latency()));
        map.put(before + PREFIX, settings.storagePrefix());
        map.put(before + WINDOW, millis(settings.reconnectWindow()));
        map.put(before + KEPT_AGE, millis(settings.retention().age()));
        map.put(before + KEPT_BYTES, Long.toString(settings.retention().bytes()));
        map.put(before + KEPT_COUNT, Long.toString(settings.retention().count()));
        map.put(before + ALLOW_FROM, settings.allowFrom().toString());
        map.put(before + TAKEOVER, settings.takeover().word());
        StreamThresholds thresholds = settings.thresholds();
        map.put(before + MAX_BITRATE, Long.toString(thresholds.maxBitrate()));
        map.put(before + STALL, millis(thresholds.stallAfter()));
        map.put(before + NO_MEDIA, millis(thresholds.noMedia()));
        map.put(before + ALARM_BITRATE, Long.toString(thresholds.alarmBitrate()));
        map.put(before + ALARM_FRAME_RATE, Double.toString(thresholds.alarmFrameRate()));
        map.put(before + ALARM_LOSS, Double.toString(thresholds.alarmLoss()));
        map.put(before + ALARM_RTT, millis(thresholds.alarmRtt()));
        return map;
    }

    /** Whether some were written with that in front of their names. */
    static boolean isIn(Map<String, String> map, String before) {
        return map.containsKey(before + BYTES);
    }

    /**
     * What was written.
     *
     * @throws IllegalArgumentException if it cannot be read
     */
    static StreamSettings read(Map<String, String> map, String before) {
        return new StreamSettings(
                duration(map.get(before + SEGMENT)),
                duration(map.get(before + LONGEST)),
                number(map.get(before + BYTES)),
                duration(map.get(before + LATENCY)),
                map.getOrDefault(before + PREFIX, ""),
                duration(map.get(before + WINDOW)),
                new StreamRetention(
                        Duration.ofMillis(number(map.get(before + KEPT_AGE))),
                        number(map.get(before + KEPT_BYTES)),
                        number(map.get(before + KEPT_COUNT))),
                AddressRanges.of(map.getOrDefault(before + ALLOW_FROM, "")),
                takeover(map.getOrDefault(before + TAKEOVER, "")),
                new StreamThresholds(
                        number(map.get(before + MAX_BITRATE)),
                        duration(map.get(before + STALL)),
                        duration(map.get(before + NO_MEDIA)),
                        number(map.get(before + ALARM_BITRATE)),
                        Double.parseDouble(map.getOrDefault(before + ALARM_FRAME_RATE, "0")),
                        Double.parseDouble(map.getOrDefault(before + ALARM_LOSS, "0")),
                        duration(map.get(before + ALARM_RTT))));
    }

    private static TakeoverPolicy takeover(String word) {
        try {
            return TakeoverPolicy.of(word);
        } catch (StreamException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
    }

    private static String millis(@Nullable Duration value) {
        return value == null ? "" : Long.toString(value.toMillis());
    }

    private static long number(@Nullable String text) {
        return text == null || text.isEmpty() ? 0 : Long.parseLong(text);
    }

    private static @Nullable Duration duration(@Nullable String text) {
        return text == null || text.isEmpty() ? null : Duration.ofMillis(Long.parseLong(text));
    }
}
