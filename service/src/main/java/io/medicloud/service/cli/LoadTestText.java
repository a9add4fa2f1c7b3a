// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.cli;

import io.medicloud.service.loadtest.LoadReport;
import io.medicloud.service.loadtest.Percentiles;
import io.medicloud.service.loadtest.Sample;
import io.medicloud.service.loadtest.StepReport;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** A load test's result as people and programs read it. */
final class LoadTestText {
    private static final double MIB = 1 << 20;
    private static final double MEGA = 1e6;

    private LoadTestText() {}

    /** A second of it, in a line. */
    static String line(Sample sample) {
        return String.format(
                Locale.ROOT,
                "%.0f s: %d streams, %.1f Mbit/s sent, %.1f stored, newest picture p99 %.0f ms, service %.2f cores, %.0f MiB",
                sample.seconds(),
                sample.streams(),
                sample.sentBits() / MEGA,
                sample.storedBits() / MEGA,
                sample.latencyP99(),
                sample.cpuCores(),
                sample.residentBytes() / MIB);
    }

    /** The result, in lines. */
    static List<String> table(LoadReport report) {
        LoadReport.Media media = report.media();
        LoadReport.ServiceUse use = report.process();
        List<String> lines = new ArrayList<>();
        lines.add(String.format(
                Locale.ROOT,
                "streams           %d at once, %d in all, %d refused, %d connections broken",
                media.streams(),
                media.started(),
                media.refused(),
                media.brokenConnections()));
        lines.add(String.format(
                Locale.ROOT,
                "sent              %,d bytes in %.1f s, %.2f Mbit/s a stream",
                media.sentBytes(),
                report.seconds(),
                media.bitsPerSecond() / MEGA));
        lines.add(String.format(
                Locale.ROOT, "stored            %,d bytes, %,d lost", media.storedBytes(), media.lostBytes()));
        lines.add(String.format(
                Locale.ROOT,
                "segments          %d verified byte for byte, %d with gaps, %d wrong or missing",
                media.verifiedSegments(),
                media.gappedSegments(),
                media.wrongSegments()));
        lines.add("newest picture    " + text(report.latency()));
        lines.add("oldest picture    " + text(report.oldest()));
        lines.add("API calls         " + text(report.control()));
        lines.add("sent late by      " + text(report.lateness()));
        lines.add(String.format(
                Locale.ROOT,
                "service           %.2f s of the processors, %.0f MiB at most, %+.1f MiB an hour (harness: %.2f s)",
                use.cpuSeconds(),
                use.rssBytes() / MIB,
                use.rssMibPerHour(),
                use.harnessCpuSeconds()));
        Percentiles pauses = use.pauses();
        if (pauses != null) {
            lines.add("its GC pauses     " + text(pauses));
        }
        lines.add("dropped           " + report.drops());
        if (report.steps().size() > 1) {
            report.steps().forEach(step -> lines.add(text(step)));
        }
        report.faults().forEach(fault -> lines.add("wrong: " + fault));
        return lines;
    }

    private static String text(Percentiles times) {
        return String.format(
                Locale.ROOT,
                "p50 %.1f ms, p90 %.1f, p99 %.1f, p99.9 %.1f, most %.1f (%d)",
                times.p50(),
                times.p90(),
                times.p99(),
                times.p999(),
                times.max(),
                times.count());
    }

    private static String text(StepReport step) {
        return String.format(
                Locale.ROOT,
                "%5.0f–%.0f s         %d streams, %.1f Mbit/s sent, %.1f stored, p99 %.0f ms, %.2f cores, %.0f MiB",
                step.fromSeconds(),
                step.toSeconds(),
                step.streams(),
                step.sentBits() / MEGA,
                step.storedBits() / MEGA,
                step.latency().p99(),
                step.cpuCores(),
                step.residentBytes() / MIB);
    }

    /** Why it is no success. */
    static String verdict(LoadReport report) {
        LoadReport.Media media = report.media();
        String first =
                report.faults().isEmpty() ? "" : "; first: " + report.faults().get(0);
        if (media.verifiedSegments() + media.gappedSegments() + media.wrongSegments() == 0) {
            return "no segment came to stand in the bucket" + first;
        }
        return String.format(
                        Locale.ROOT,
                        "%d segments are wrong or missing, %d bytes were lost, %d streams were refused",
                        media.wrongSegments(),
                        media.lostBytes(),
                        media.refused())
                + first;
    }

    /** The result, for programs. */
    static Json json(LoadReport report) {
        LoadReport.Media media = report.media();
        LoadReport.ServiceUse use = report.process();
        Percentiles pauses = use.pauses();
        Json json = Json.object()
                .put("streams", media.streams())
                .put("sentBytes", media.sentBytes())
                .put("verifiedSegments", media.verifiedSegments())
                .put("wrongSegments", media.wrongSegments())
                .put("lostBytes", media.lostBytes())
                .put("latencyMs", json(report.latency()))
                .put("cpuSeconds", use.cpuSeconds(), 2)
                .put("rssBytes", use.rssBytes())
                .put("seconds", report.seconds(), 3)
                .put("bitsPerSecond", media.bitsPerSecond())
                .put("startedStreams", media.started())
                .put("refusedStreams", media.refused())
                .put("brokenConnections", media.brokenConnections())
                .put("storedBytes", media.storedBytes())
                .put("gappedSegments", media.gappedSegments())
                .put("injectedPackets", media.injectedPackets())
                .put("oldestLatencyMs", json(report.oldest()))
                .put("controlMs", json(report.control()))
                .put("sendLatenessMs", json(report.lateness()))
                .put("harnessCpuSeconds", use.harnessCpuSeconds(), 2)
                .put("rssMibPerHour", use.rssMibPerHour(), 2);
        json = pauses == null ? json.put("gcPausesMs", (String) null) : json.put("gcPausesMs", json(pauses));
        return json.put("drops", Json.object().putAll(report.drops()))
                .put("steps", report.steps().stream().map(LoadTestText::json).toList())
                .putNames("faults", report.faults());
    }

    private static Json json(Percentiles times) {
        return Json.object()
                .put("p50", times.p50(), 3)
                .put("p90", times.p90(), 3)
                .put("p99", times.p99(), 3)
                .put("p999", times.p999(), 3)
                .put("max", times.max(), 3)
                .put("count", times.count());
    }

    private static Json json(StepReport step) {
        return Json.object()
                .put("fromSeconds", step.fromSeconds(), 3)
                .put("toSeconds", step.toSeconds(), 3)
                .put("streams", step.streams())
                .put("sentBitsPerSecond", step.sentBits(), 0)
                .put("storedBitsPerSecond", step.storedBits(), 0)
                .put("latencyMs", json(step.latency()))
                .put("cpuCores", step.cpuCores(), 3)
                .put("rssBytes", step.residentBytes());
    }

    /** A second of it, for the page. */
    static Json json(Sample sample) {
        return Json.object()
                .put("seconds", sample.seconds(), 3)
                .put("streams", sample.streams())
                .put("sentMbps", sample.sentBits() / MEGA, 3)
                .put("storedMbps", sample.storedBits() / MEGA, 3)
                .put("latencyP50", sample.latencyP50(), 1)
                .put("latencyP99", sample.latencyP99(), 1)
                .put("controlP99", sample.controlP99(), 1)
                .put("latenessMax", sample.latenessMax(), 1)
                .put("cpuCores", sample.cpuCores(), 3)
                .put("harnessCores", sample.harnessCores(), 3)
                .put("rssMib", sample.residentBytes() / MIB, 1);
    }
}
