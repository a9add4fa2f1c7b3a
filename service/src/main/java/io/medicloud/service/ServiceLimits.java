// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service;

import io.medicloud.pipeline.Pipelines;
import io.medicloud.pipeline.record.Ledger;
import io.medicloud.pipeline.record.LedgerLimits;
import io.medicloud.pipeline.store.UploadLimits;
import io.medicloud.service.config.SegmentConfig;
import io.medicloud.service.config.ServiceConfig;
import io.medicloud.service.grpc.RecordService;
import io.medicloud.service.metrics.LimitMetrics;
import io.medicloud.service.metrics.SegmentSizes;
import io.medicloud.service.security.CallerGate;
import io.medicloud.service.security.ConnectionLimits;
import io.medicloud.service.stream.StreamRegistry;
import io.netty.util.internal.PlatformDependent;
import java.time.Duration;
import java.util.function.Supplier;

/** What is told of the service's limits, by the names under which they are set, or those of their records. */
final class ServiceLimits {
    private final LimitMetrics metrics;
    private final Supplier<ServiceConfig> config;

    ServiceLimits(LimitMetrics metrics, Supplier<ServiceConfig> config) {
        this.metrics = metrics;
        this.config = config;
    }

    void add(Pipelines pipelines, StreamRegistry streams, RecordService record, SegmentSizes segments) {
        addStreams(streams, segments);
        addMemory(pipelines, streams);
        addDisk(pipelines);
        Ledger ledger = pipelines.ledger();
        metrics.add("events.watchers", () -> config.get().eventWatchers(), record::watchers);
        metrics.add("LedgerLimits.mostWaiting", LedgerLimits.DEFAULT::mostWaiting, ledger::waiting, ledger::refused);
        metrics.add("events.backlog", () -> config.get().queues().events(), ledger::eventsKept);
    }

    void addCallers(CallerGate gate) {
        metrics.add(
                "srt.handshakesPerSecond",
                () -> config.get().security().callers().handshakesPerSecond(),
                gate::counted,
                gate::tooMany);
        metrics.add("srt.banAfter", () -> config.get().security().callers().banAfter(), gate::failing, gate::banned);
    }

    void addConnections(ConnectionLimits connections) {
        metrics.add(ConnectionLimits.NAME, connections::most, connections::open);
        metrics.add(ConnectionLimits.OF_ADDRESS, connections::mostOfAddress, connections::openOfAddress);
        metrics.add(ConnectionLimits.PATIENCE, connections::patienceMs);
        ConnectionLimits.OF_FRAMES.forEach((name, most) -> metrics.add(name, () -> most));
    }

    private void addStreams(StreamRegistry streams, SegmentSizes segments) {
        metrics.add("stream.limit", () -> config.get().stream().limit(), streams::openStreams);
        metrics.add(
                StreamRegistry.LIMIT_PER_CLIENT,
                () -> config.get().stream().limitPerClient(),
                streams::mostStreamsOfAClient);
        metrics.add("stream.monitored", () -> config.get().stream().monitored(), streams::monitoredStreams);
        metrics.add("srt.ports", () -> config.get().srt().ports().size(), streams::heldPorts);
        metrics.add("stream.watchers", () -> config.get().stream().watchers(), streams.figures()::mostWatchers);
        metrics.add(
                "stream.maxBitrate",
                () -> config.get().stream().source().mostBitsPerSecond(),
                streams.figures()::mostBitsPerSecond);
        metrics.add("segment.maxBytes", () -> config.get().segment().maxBytes(), segments::mostBytes);
        metrics.add("segment.maxDuration", this::maxDurationMs, segments::mostMilliseconds);
    }

    private long maxDurationMs() {
        SegmentConfig segment = config.get().segment();
        Duration most = segment.maxDuration();
        return (most.isZero() ? segment.duration().multipliedBy(2) : most).toMillis();
    }

    private void addMemory(Pipelines pipelines, StreamRegistry streams) {
        metrics.add(
                "spool.queuePerStream", () -> config.get().queues().streamBytes(), streams.figures()::mostQueuedBytes);
        metrics.add("spool.queue", () -> config.get().queues().allBytes(), pipelines::queuedBytes);
        metrics.add("MaxDirectMemorySize", PlatformDependent::maxDirectMemory, PlatformDependent::usedDirectMemory);
        metrics.add(
                "UploadLimits.mostQueuedPerStream",
                UploadLimits.DEFAULT::mostQueuedPerStream,
                streams.figures()::mostPendingUploads);
        metrics.add(
                "upload.maxSegments", () -> config.get().queues().backlog().mostSegments(), pipelines::pendingUploads);
        metrics.add(
                "upload.maxBytes", () -> config.get().queues().backlog().mostBytes(), pipelines::pendingUploadBytes);
    }

    private void addDisk(Pipelines pipelines) {
        metrics.add("spool.maxBytes", () -> config.get().spool().disk().mostBytes(), pipelines::spoolBytes);
        metrics.add("spool.minFree", pipelines::spoolLeastFreeBytes, pipelines::spoolFreeBytes);
        metrics.add("spool.reserve", () -> config.get().spool().disk().reserved(), pipelines::spoolReservedBytes);
    }
}
