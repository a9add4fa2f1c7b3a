// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.loadtest;

import io.medicloud.service.loadtest.SegmentFinding.Verdict;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToLongFunction;

/** Puts the report together. */
final class Summary {
    private static final int MOST_FAULTS = 50;

    private final LoadSettings settings;
    private final MediaLoop loop;
    private final TargetService target;
    private final LoadStreams streams;
    private final SegmentFollower follower;
    private final Sampler sampler;
    private final ServiceFigures figures;

    Summary(
            LoadSettings settings,
            MediaLoop loop,
            TargetService target,
            LoadStreams streams,
            SegmentFollower follower,
            Sampler sampler,
            ServiceFigures figures) {
        this.settings = settings;
        this.loop = loop;
        this.target = target;
        this.streams = streams;
        this.follower = follower;
        this.sampler = sampler;
        this.figures = figures;
    }

    LoadReport report(double seconds) throws IOException {
        return new LoadReport(
                seconds,
                media(),
                follower.newest().percentiles(),
                follower.oldest().percentiles(),
                target.control().latencies().percentiles(),
                streams.tally().lateness().percentiles(),
                use(),
                drops(),
                sampler.steps(),
                sampler.samples(),
                faults());
    }

    private LoadReport.Media media() {
        return new LoadReport.Media(
                settings.streams(),
                streams.ledgers().size(),
                streams.refused(),
                loop.bitsPerSecond(),
                streams.tally().sentBytes(),
                figures.storedBytes(),
                sum(StreamLedger::lostBytes),
                sum(ledger -> ledger.count(Verdict.RIGHT)),
                sum(ledger -> ledger.count(Verdict.GAPS)),
                sum(ledger -> ledger.count(Verdict.WRONG)) + sum(StreamLedger::missing),
                sum(StreamLedger::injectedPackets),
                streams.tally().broken());
    }

    private long sum(ToLongFunction<StreamLedger> figure) {
        Collection<StreamLedger> ledgers = streams.ledgers();
        return ledgers.stream().mapToLong(figure).sum();
    }

    private LoadReport.ServiceUse use() throws IOException {
        double growth = target.pid() > 0 ? Trend.memoryMibPerHour(sampler.samples()) : Double.NaN;
        return new LoadReport.ServiceUse(
                figures.cpuSeconds(),
                figures.harnessCpuSeconds(),
                figures.mostResidentBytes(),
                growth,
                target.pauses());
    }

    private Map<String, Long> drops() {
        MetricsText metrics = target.metrics();
        Map<String, Long> drops = new LinkedHashMap<>();
        drops.put("kernelDatagrams", metrics.count("medicloud_streams_kernel_drops_total"));
        drops.put("srtLostPackets", metrics.count("medicloud_streams_srt_lost_packets_total"));
        drops.put("srtDroppedPackets", metrics.count("medicloud_streams_srt_dropped_packets_total"));
        drops.put("serviceDroppedBytes", metrics.count("medicloud_streams_dropped_bytes_total"));
        drops.put("senderDroppedPackets", streams.tally().droppedPackets());
        drops.put("senderRetransmittedPackets", streams.tally().retransmittedPackets());
        drops.put("networkLatestUs", streams.networkLatestUs());
        return drops;
    }

    private List<String> faults() {
        List<String> faults = new ArrayList<>(streams.notes());
        streams.tally().reasons().forEach(reason -> faults.add("a connection broke: " + reason));
        streams.ledgers().forEach(ledger -> faults.addAll(ledger.faults()));
        return faults.subList(0, Math.min(MOST_FAULTS, faults.size()));
    }
}
