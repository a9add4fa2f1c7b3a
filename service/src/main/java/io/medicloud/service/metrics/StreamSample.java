// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.metrics;

import io.medicloud.mpegts.monitor.MonitorReport;
import io.medicloud.service.stream.SrtLink;
import io.medicloud.service.stream.SrtTotals;
import io.medicloud.service.stream.StreamDetail;
import io.medicloud.srt.SrtStats;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * All that was measured of a stream at one moment.
 *
 * @param nowUs that moment, in microseconds of monotonic time
 * @param kernelDrops datagrams that the kernel discarded of its port; NaN if it has none for itself, or it is not known
 */
record StreamSample(StreamDetail detail, long nowUs, double kernelDrops) {
    /** A stream without the figure. */
    static final double NOT_KNOWN = Double.NaN;

    static double micros(long us) {
        return us < 0 ? NOT_KNOWN : us / 1e6;
    }

    static double orUnknown(@Nullable Number value) {
        return value == null ? NOT_KNOWN : value.doubleValue();
    }

    /** Of the connection that there is now. */
    double srtNow(ToDoubleFunction<SrtStats.Instant> figure) {
        SrtLink link = detail.link();
        return link == null || !link.isConnected()
                ? NOT_KNOWN
                : figure.applyAsDouble(link.stats().instant());
    }

    /** Of all connections. */
    double srtTotal(ToDoubleFunction<SrtTotals> figure) {
        SrtLink link = detail.link();
        return link == null ? 0 : figure.applyAsDouble(link.totals());
    }

    /** Of the monitor, if the stream is monitored. */
    double monitored(ToDoubleFunction<MonitorReport> figure) {
        MonitorReport report = detail.measures().monitor();
        return report == null ? NOT_KNOWN : figure.applyAsDouble(report);
    }

    /** Of the first video stream. */
    double video(ToDoubleFunction<MonitorReport.VideoReport> figure) {
        return monitored(report -> report.videos().isEmpty()
                ? NOT_KNOWN
                : figure.applyAsDouble(report.videos().get(0)));
    }

    /** The worst of all clocks. */
    double worstClock(ToDoubleFunction<MonitorReport.PcrReport> figure) {
        return monitored(report -> report.clocks().stream()
                .mapToDouble(figure)
                .filter(value -> !Double.isNaN(value))
                .max()
                .orElse(NOT_KNOWN));
    }
}
