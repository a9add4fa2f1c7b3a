// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.cli;

import io.medicloud.mpegts.probe.ProbeReport;
import io.medicloud.mpegts.psi.Sdt;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Writes a probe's report, for programs and for people. */
final class ProbeText {
    private static final int MOST_POINTS_SHOWN = 5;

    private final String file;
    private final ProbeReport report;
    private final @Nullable MonitorText monitor;

    ProbeText(String file, ProbeReport report, @Nullable MonitorText monitor) {
        this.file = file;
        this.report = report;
        this.monitor = monitor;
    }

    /** One JSON object. What the stream does not say is null, or for an elementary stream left out. */
    String json() {
        List<Json> programs = new ArrayList<>();
        report.programs().forEach(program -> programs.add(json(program)));
        List<Json> points = new ArrayList<>();
        report.randomAccessPoints()
                .forEach(point -> points.add(Json.object()
                        .put("pid", point.pid())
                        .put("packet", point.packet())
                        .put("pts", point.pts())
                        .put("dts", point.dts())
                        .put("kind", point.kind().name())));
        List<Json> splices = new ArrayList<>();
        report.splices().forEach(one -> splices.add(SpliceText.json(one.pid(), one.packet(), one.info())));
        ProbeReport.Errors errors = report.errors();
        Json json = Json.object()
                .put("file", file)
                .put("bytes", report.bytes())
                .put("packetSize", report.packetSize())
                .put("firstPacketOffset", report.firstPacketOffset())
                .put("packets", report.packets())
                .put("durationSeconds", report.durationSeconds())
                .put("bitrate", report.bitrate())
                .put("tables", tables(report.tables()))
                .put("programs", programs)
                .put("randomAccessPoints", points)
                .put("splices", splices)
                .put(
                        "errors",
                        Json.object()
                                .put("syncLoss", errors.syncLoss())
                                .put("continuity", errors.continuity())
                                .put("transport", errors.transport())
                                .put("crc", errors.crc())
                                .put("pes", errors.pes()));
        return (monitor == null ? json : json.put("monitor", monitor.json())).text();
    }

    private static Json tables(ProbeReport.Tables tables) {
        List<Json> systems = new ArrayList<>();
        tables.caSystems()
                .forEach(system ->
                        systems.add(Json.object().put("id", system.id()).put("pid", system.pid())));
        return Json.object()
                .putNames("names", tables.names())
                .put("transportStreamId", tables.transportStreamId())
                .put("network", tables.network())
                .put("caSystems", systems);
    }

    private static Json json(ProbeReport.Program program) {
        List<Json> streams = new ArrayList<>();
        program.streams().forEach(stream -> streams.add(json(stream)));
        Json json = Json.object()
                .put("number", program.number())
                .put("pmtPid", program.pmtPid())
                .put("pcrPid", program.pcrPid());
        Sdt.Service service = program.service();
        if (service != null) {
            json.put(
                    "service",
                    Json.object()
                            .put("name", service.name())
                            .put("provider", service.provider())
                            .put("type", service.type())
                            .put("scrambled", service.scrambled()));
        }
        return json.put("streams", streams);
    }

    private static Json json(ProbeReport.Stream stream) {
        Json json = Json.object()
                .put("pid", stream.pid())
                .put("streamType", stream.streamType())
                .put("codec", stream.codec());
        json.putIfPresent("profile", stream.profile());
        json.putIfPresent("level", stream.level());
        json.putIfPresent("width", stream.width());
        json.putIfPresent("height", stream.height());
        json.putIfPresent("frameRate", stream.frameRate());
        json.putIfPresent("interlaced", stream.interlaced());
        json.putIfPresent("sampleRate", stream.sampleRate());
        json.putIfPresent("channels", stream.channels());
        json.putIfPresent("language", stream.language());
        return stream.descriptors().isEmpty() ? json : json.putNames("descriptors", stream.descriptors());
    }

    /** A few lines. */
    String table() {
        StringBuilder out = new StringBuilder();
        Double seconds = report.durationSeconds();
        Long bitrate = report.bitrate();
        out.append(format(
                "%s: %,d bytes, %,d packets of %d", file, report.bytes(), report.packets(), report.packetSize()));
        out.append(seconds == null ? "" : format(", %.3f s", seconds));
        out.append(bitrate == null ? "" : format(", %,d kbit/s", bitrate / 1000));
        out.append(
                report.firstPacketOffset() == 0 ? "" : format(", first packet at byte %d", report.firstPacketOffset()));
        out.append(tables());
        for (ProbeReport.Program program : report.programs()) {
            out.append(format("\nprogram %d: PMT PID %d", program.number(), program.pmtPid()));
            out.append(program.pcrPid() == null ? "" : format(", PCR PID %d", program.pcrPid()));
            Sdt.Service service = program.service();
            out.append(service == null ? "" : format(", \"%s\" of \"%s\"", service.name(), service.provider()));
            program.streams().forEach(stream -> out.append("\n  ").append(row(stream)));
        }
        out.append(points()).append(splices()).append(errors());
        return (monitor == null ? out : out.append("\n\n").append(monitor.table())).toString();
    }

    private String tables() {
        ProbeReport.Tables tables = report.tables();
        String network = tables.network();
        return (tables.names().isEmpty() ? "" : "\ntables: " + String.join(", ", tables.names()))
                + (network == null ? "" : format(", network \"%s\"", network));
    }

    private String splices() {
        List<ProbeReport.Splice> splices = report.splices();
        StringBuilder out =
                new StringBuilder(splices.isEmpty() ? "" : format("\nsplice information: %d", splices.size()));
        for (ProbeReport.Splice one : splices.subList(0, Math.min(MOST_POINTS_SHOWN, splices.size()))) {
            out.append("\n  ").append(SpliceText.row(one.pid(), one.packet(), one.info()));
        }
        return out.append(splices.size() > MOST_POINTS_SHOWN ? "\n  … (--json has them all)" : "")
                .toString();
    }

    private static String row(ProbeReport.Stream stream) {
        StringBuilder row = new StringBuilder(
                format("PID %-5d type 0x%02x  %-11s", stream.pid(), stream.streamType(), orDash(stream.codec())));
        append(
                row,
                stream.profile() == null
                        ? null
                        : stream.profile() + (stream.level() == null ? "" : " " + stream.level()));
        append(row, stream.width() == null ? null : stream.width() + "x" + stream.height());
        append(row, stream.frameRate() == null ? null : format("%.3f fps", stream.frameRate()));
        append(row, Boolean.TRUE.equals(stream.interlaced()) ? "interlaced" : null);
        append(row, stream.sampleRate() == null ? null : stream.sampleRate() + " Hz");
        append(row, stream.channels() == null ? null : stream.channels() + " channels");
        append(row, stream.language());
        return row.toString().stripTrailing();
    }

    private static void append(StringBuilder row, @Nullable String text) {
        row.append(text == null ? "" : "  " + text);
    }

    private String points() {
        List<ProbeReport.RandomAccessPoint> points = report.randomAccessPoints();
        StringBuilder out = new StringBuilder(format("\nrandom access points: %d", points.size()));
        for (ProbeReport.RandomAccessPoint point : points.subList(0, Math.min(MOST_POINTS_SHOWN, points.size()))) {
            out.append(format(
                    "\n  packet %-8d PID %-5d %-14s PTS %s", point.packet(), point.pid(), point.kind(), point.pts()));
        }
        return out.append(points.size() > MOST_POINTS_SHOWN ? "\n  … (--json has them all)" : "")
                .toString();
    }

    private String errors() {
        ProbeReport.Errors e = report.errors();
        return format(
                "\nerrors: sync loss %d, continuity %d, transport %d, CRC %d, PES %d",
                e.syncLoss(), e.continuity(), e.transport(), e.crc(), e.pes());
    }

    private static String orDash(@Nullable String text) {
        return text == null ? "-" : text;
    }

    private static String format(String format, @Nullable Object... values) {
        return String.format(Locale.ROOT, format, values);
    }
}
