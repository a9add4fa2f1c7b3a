// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.metrics;

import static io.medicloud.service.metrics.StreamFamily.counter;
import static io.medicloud.service.metrics.StreamFamily.gauge;
import static io.medicloud.service.metrics.StreamSample.orUnknown;

import io.medicloud.mpegts.monitor.Indicator;
import io.medicloud.mpegts.monitor.IndicatorState;
import io.medicloud.mpegts.monitor.MonitorReport;
import io.medicloud.mpegts.packet.TsFault;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** The metrics of streams that tell of the transport stream: its faults, and what the monitor finds in the streams that {@code stream.monitored} lets it watch. */
final class MediaFamilies {
    private static final String MONITORED = " Of monitored streams, since the source connected.";
    private static final int PRIORITIES = 3;

    static final List<StreamFamily> ALL = List.of(
            counter(
                    "ts_packets",
                    "Transport stream packets.",
                    stream -> stream.detail().measures().packets()),
            counter(
                    "ts_faults",
                    "fault",
                    Stream.of(TsFault.values()).map(MediaFamilies::word).toList(),
                    "What was wrong with the transport stream, by kind, such as continuity, crc, sync_loss.",
                    MediaFamilies::faults),
            gauge(
                    "frame_rate",
                    "Pictures a second of the first video stream.",
                    stream -> stream.detail().measures().frameRate()),
            counter(
                    "pictures",
                    "Pictures of the first video stream." + MONITORED,
                    stream -> stream.video(MonitorReport.VideoReport::pictures)),
            counter(
                    "pictures_missing",
                    "Pictures of the first video stream that are not there, by the gaps between decoding times."
                            + MONITORED,
                    stream -> stream.video(MonitorReport.VideoReport::missing)),
            counter(
                    "pictures_damaged",
                    "Pictures of the first video stream of which packets are missing." + MONITORED,
                    stream -> stream.video(MonitorReport.VideoReport::damaged)),
            counter(
                    "random_access_points",
                    "Pictures of the first video stream at which a decoder can begin." + MONITORED,
                    stream -> stream.video(MonitorReport.VideoReport::randomAccessPoints)),
            gauge(
                    "gop_pictures",
                    "Pictures from one random access point to the next: the last such group." + MONITORED,
                    stream -> stream.video(video -> orUnknown(video.lastGop()))),
            gauge(
                    "gop_seconds",
                    "The same as a time." + MONITORED,
                    stream -> stream.video(video -> orUnknown(video.lastGopSeconds()))),
            counter(
                    "tr101290_errors",
                    "indicator",
                    Stream.of(Indicator.values()).map(Indicator::number).toList(),
                    "Errors by ETSI TR 101 290, by the indicator's number." + MONITORED,
                    MediaFamilies::indicators),
            gauge(
                    "tr101290_active",
                    "priority",
                    List.of("1", "2", "3"),
                    "Indicators of ETSI TR 101 290 that show an error now, by priority." + MONITORED,
                    MediaFamilies::active),
            gauge(
                    "pcr_jitter_seconds",
                    "The farthest that a clock reference came off its time (PCR_OJ), of the worst clock." + MONITORED,
                    stream -> stream.worstClock(clock -> orUnknown(clock.jitterUs()) / 1e6)),
            gauge(
                    "pcr_interval_seconds",
                    "The longest between two clock references, of the worst clock." + MONITORED,
                    stream -> stream.worstClock(clock -> orUnknown(clock.mostIntervalMs()) / 1e3)),
            counter(
                    "pcr_discontinuities",
                    "How often a clock jumped, announced or not." + MONITORED,
                    stream -> stream.monitored(report -> report.clocks().stream()
                            .mapToLong(MonitorReport.PcrReport::discontinuities)
                            .sum())),
            counter(
                    "decoder_buffer_overflows",
                    "Overflows of the buffers that a decoder of the first video stream has." + MONITORED,
                    stream -> stream.video(video -> video.buffers() == null
                            ? StreamSample.NOT_KNOWN
                            : video.buffers().overflows())),
            counter(
                    "decoder_buffer_underflows",
                    "Pictures of the first video stream that were not there when a decoder needed them." + MONITORED,
                    stream -> stream.video(video -> video.buffers() == null
                            ? StreamSample.NOT_KNOWN
                            : video.buffers().underflows())));

    private MediaFamilies() {}

    private static void faults(StreamSample stream, StreamFamily.Values to) {
        for (TsFault fault : TsFault.values()) {
            to.put(word(fault), (double) stream.detail().measures().count(fault));
        }
    }

    private static String word(TsFault fault) {
        return fault.name().toLowerCase(Locale.ROOT);
    }

    private static void indicators(StreamSample stream, StreamFamily.Values to) {
        MonitorReport report = stream.detail().measures().monitor();
        if (report != null) {
            report.indicators().forEach(found -> to.put(found.indicator().number(), (double) found.count()));
        }
    }

    private static void active(StreamSample stream, StreamFamily.Values to) {
        MonitorReport report = stream.detail().measures().monitor();
        if (report == null) {
            return;
        }
        for (int priority = 1; priority <= PRIORITIES; priority++) {
            int of = priority;
            long active = report.indicators().stream()
                    .filter(found -> found.indicator().priority() == of && found.state() == IndicatorState.ACTIVE)
                    .count();
            to.put(Integer.toString(priority), (double) active);
        }
    }
}
