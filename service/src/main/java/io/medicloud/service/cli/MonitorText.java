// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.cli;

import io.medicloud.mpegts.monitor.IndicatorState;
import io.medicloud.mpegts.monitor.MonitorReport;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;

/** Writes a monitor's report, for programs and for people. */
final class MonitorText {
    private static final int MOST_PIDS_SHOWN = 4;
    private static final double MICROSECONDS = 1e6;

    private final MonitorReport report;

    MonitorText(MonitorReport report) {
        this.report = report;
    }

    /** One object. What was not measured is null. */
    Json json() {
        return Json.object()
                .put("seconds", report.seconds(), 6)
                .put("bitrate", report.bitrate())
                .put("indicators", map(report.indicators(), MonitorText::json))
                .put("pids", map(report.pids(), MonitorText::json))
                .put("clocks", map(report.clocks(), MonitorText::json))
                .put("videos", map(report.videos(), MonitorText::json));
    }

    private interface Writer<T> {
        Json json(T value);
    }

    private static <T> List<Json> map(List<T> values, Writer<T> writer) {
        List<Json> written = new ArrayList<>();
        values.forEach(value -> written.add(writer.json(value)));
        return written;
    }

    private static Json json(MonitorReport.IndicatorReport of) {
        return Json.object()
                .put("number", of.indicator().number())
                .put("name", of.indicator().title())
                .put("priority", of.indicator().priority())
                .put("state", of.state().name())
                .put("count", of.count())
                .put("firstSeconds", seconds(of.firstUs()))
                .put("lastSeconds", seconds(of.lastUs()))
                .put("firstPacket", of.firstPacket())
                .put("lastPacket", of.lastPacket())
                .put("pids", map(of.pids(), MonitorText::json));
    }

    private static Json json(MonitorReport.PidCount of) {
        return Json.object().put("pid", of.pid()).put("count", of.count());
    }

    private static Json json(MonitorReport.PidReport of) {
        return Json.object()
                .put("pid", of.pid())
                .put("role", of.role().name())
                .put("packets", of.packets())
                .put("scrambled", of.scrambled())
                .put("bitrate", of.bitrate())
                .put("leastBitrate", of.leastBitrate())
                .put("mostBitrate", of.mostBitrate())
                .put("continuityErrors", of.continuityErrors());
    }

    private static Json json(MonitorReport.PcrReport of) {
        return Json.object()
                .put("pid", of.pid())
                .put("count", of.count())
                .put("discontinuities", of.discontinuities())
                .put("leastIntervalMs", of.leastIntervalMs())
                .put("meanIntervalMs", of.meanIntervalMs())
                .put("mostIntervalMs", of.mostIntervalMs())
                .put("accuracyNs", of.accuracyNs())
                .put("transportRate", of.transportRate());
    }

    private static Json json(MonitorReport.VideoReport of) {
        MonitorReport.BufferReport buffers = of.buffers();
        Json json = Json.object()
                .put("pid", of.pid())
                .put("pictures", of.pictures())
                .put("frameRate", of.frameRate())
                .put("leastFrameMs", of.leastFrameMs())
                .put("mostFrameMs", of.mostFrameMs())
                .put("randomAccessPoints", of.randomAccessPoints())
                .put("leastGop", of.leastGop())
                .put("meanGop", of.meanGop())
                .put("mostGop", of.mostGop())
                .put("mostGopSeconds", of.mostGopSeconds());
        return buffers == null
                ? json.put("buffers", (String) null)
                : json.put(
                        "buffers",
                        Json.object()
                                .put("transportBytes", buffers.transportBytes())
                                .put("mostTransportBytes", buffers.mostTransportBytes())
                                .put("multiplexBytes", buffers.multiplexBytes())
                                .put("mostMultiplexBytes", buffers.mostMultiplexBytes())
                                .put("elementaryBytes", buffers.elementaryBytes())
                                .put("mostElementaryBytes", buffers.mostElementaryBytes())
                                .put("overflows", buffers.overflows())
                                .put("underflows", buffers.underflows())
                                .put("mostDelayMs", buffers.mostDelayMs(), 3));
    }

    private static @Nullable Double seconds(@Nullable Long us) {
        return us == null ? null : (Double) (us / MICROSECONDS);
    }

    /** Tables, one below the other. */
    String table() {
        StringBuilder out = new StringBuilder();
        indicators(out);
        out.append(format("\n\n%-14s%9s%12s%12s%12s%6s", "PID", "packets", "kbit/s", "least", "most", "CC"));
        for (MonitorReport.PidReport pid : report.pids()) {
            out.append(format(
                    "\n%-6d%-8s%9d%12s%12s%12s%6d%s",
                    pid.pid(),
                    pid.role()
                            .name()
                            .toLowerCase(Locale.ROOT)
                            .substring(0, Math.min(7, pid.role().name().length())),
                    pid.packets(),
                    kilobits(pid.bitrate()),
                    kilobits(pid.leastBitrate()),
                    kilobits(pid.mostBitrate()),
                    pid.continuityErrors(),
                    pid.scrambled() > 0 ? "  scrambled" : ""));
        }
        report.clocks().forEach(clock -> out.append(row(clock)));
        report.videos().forEach(video -> out.append(row(video)));
        return out.toString();
    }

    private void indicators(StringBuilder out) {
        out.append(format(
                "TR 101 290, %.3f s\n%-6s%-36s%-13s%8s%12s%12s  PIDs",
                report.seconds(), "", "indicator", "state", "errors", "first s", "last s"));
        int priority = 0;
        for (MonitorReport.IndicatorReport of : report.indicators()) {
            if (of.indicator().priority() != priority) {
                priority = of.indicator().priority();
                out.append(format("\npriority %d", priority));
            }
            out.append(format(
                            "\n%-6s%-36s%-13s%8d%12s%12s  %s",
                            of.indicator().number(),
                            of.indicator().title(),
                            state(of.state()),
                            of.count(),
                            orNothing("%.3f", seconds(of.firstUs())),
                            orNothing("%.3f", seconds(of.lastUs())),
                            pids(of.pids()))
                    .stripTrailing());
        }
    }

    private static String state(IndicatorState state) {
        return switch (state) {
            case NOT_MEASURED -> "-";
            case OK -> "ok";
            case ACTIVE -> "ERROR";
            case CLEARED -> "was wrong";
        };
    }

    private static String pids(List<MonitorReport.PidCount> counts) {
        StringJoiner pids = new StringJoiner(", ");
        List<MonitorReport.PidCount> most = new ArrayList<>(counts);
        most.sort((a, b) -> Long.compare(b.count(), a.count()));
        for (MonitorReport.PidCount count : most.subList(0, Math.min(MOST_PIDS_SHOWN, most.size()))) {
            pids.add(count.pid() + ": " + count.count());
        }
        return most.size() > MOST_PIDS_SHOWN ? pids + ", …" : pids.toString();
    }

    private static String row(MonitorReport.PcrReport of) {
        StringBuilder row = new StringBuilder(format("\n\nPCR on PID %d: %d", of.pid(), of.count()));
        if (of.meanIntervalMs() != null) {
            row.append(format(
                    ", every %.1f ms (%.1f to %.1f)", of.meanIntervalMs(), of.leastIntervalMs(), of.mostIntervalMs()));
        }
        row.append(orNothing(", jumps: %d", of.discontinuities() == 0 ? null : of.discontinuities()));
        row.append(
                of.accuracyNs() == null
                        ? "; rate not constant"
                        : format("; accuracy %.0f ns at %.0f bit/s", of.accuracyNs(), of.transportRate()));
        return row.toString();
    }

    private static String row(MonitorReport.VideoReport of) {
        StringBuilder row = new StringBuilder(format("\n\nvideo on PID %d: %d pictures", of.pid(), of.pictures()));
        row.append(orNothing(", %.3f a second", of.frameRate()));
        row.append(format(", %d random access points", of.randomAccessPoints()));
        if (of.meanGop() != null) {
            row.append(format(
                    ", GOP %.1f pictures (%d to %d, %.3f s at most)",
                    of.meanGop(), of.leastGop(), of.mostGop(), of.mostGopSeconds()));
        }
        MonitorReport.BufferReport buffers = of.buffers();
        if (buffers != null) {
            row.append(format(
                    "\n  T-STD: TB %d of %d bytes, MB %d of %d, EB %d of %d; overflows %d, underflows %d; delay %.0f ms",
                    buffers.mostTransportBytes(),
                    buffers.transportBytes(),
                    buffers.mostMultiplexBytes(),
                    buffers.multiplexBytes(),
                    buffers.mostElementaryBytes(),
                    buffers.elementaryBytes(),
                    buffers.overflows(),
                    buffers.underflows(),
                    buffers.mostDelayMs()));
        }
        return row.toString();
    }

    private static String kilobits(@Nullable Double bitrate) {
        return bitrate == null ? "-" : format("%.1f", bitrate / 1000);
    }

    private static String orNothing(String format, @Nullable Object value) {
        return value == null ? "" : format(format, value);
    }

    private static String format(String format, @Nullable Object... values) {
        return String.format(Locale.ROOT, format, values);
    }
}
