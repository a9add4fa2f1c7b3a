// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.metrics;

import static io.medicloud.service.metrics.StreamFamily.counter;
import static io.medicloud.service.metrics.StreamFamily.gauge;
import static io.medicloud.service.metrics.StreamFamily.summedGauge;

import io.medicloud.pipeline.StreamMeasures;
import java.util.List;
import java.util.stream.Stream;

/** The metrics of streams: what comes, and what becomes of it. */
final class StreamFamilies {
    private static final List<StreamFamily> OWN = List.of(
            summedGauge("connected", "Whether a source is connected: 1 or 0.", stream -> switch (stream.detail()
                    .pipeline()
                    .state()) {
                case CONNECTED, STREAMING -> 1;
                case WAITING, RECONNECTING, STOPPING, ENDED, FAILED -> 0;
            }),
            counter(
                    "connections",
                    "How often a source connected; each but the first is a reconnect.",
                    stream -> stream.detail().pipeline().connections()),
            counter(
                    "rejected_callers",
                    "Callers that were turned away: for a wrong passphrase, or because an encoder was connected already.",
                    stream -> stream.detail().info().rejectedCallers()),
            counter(
                    "received_bytes",
                    "Bytes of media that were received.",
                    stream -> stream.detail().pipeline().receivedBytes()),
            counter(
                    "dropped_bytes",
                    "Received bytes that were dropped: at a limit, or because the disk failed.",
                    stream -> stream.detail().pipeline().droppedBytes()),
            summedGauge(
                    "bitrate",
                    "Bits a second of media that came over the last whole second.",
                    stream -> stream.detail().measures().bitsPerSecond(stream.nowUs())),
            gauge("idle_seconds", "How long ago the last bytes came; not told before the first.", StreamFamilies::idle),
            summedGauge(
                    "queue_bytes",
                    "Received bytes that wait for the disk.",
                    stream -> stream.detail().pipeline().queuedBytes()),
            counter(
                    "segments_sealed",
                    "Segments that were put on disk.",
                    stream -> stream.detail().pipeline().segmentsSealed()),
            counter(
                    "segments_stored",
                    "Segments that were put in the store.",
                    stream -> stream.detail().pipeline().segmentsUploaded()),
            summedGauge(
                    "uploads_waiting",
                    "Segments that wait for the store.",
                    stream -> stream.detail().pipeline().pendingUploads()),
            counter(
                    "upload_failures",
                    "How often it was told that a segment could not be stored: at its first failure and when the reason changes, not at every attempt.",
                    stream -> stream.detail().segmentFaults().uploadFailures()),
            gauge(
                    "upload_oldest_seconds",
                    "How long the oldest of those has waited; 0 if there is none.",
                    stream -> StreamSample.micros(stream.detail().segments().waitingUs())),
            gauge(
                    "segment_target_seconds",
                    "How long segments are to be.",
                    stream -> stream.detail().segments().targetSeconds()),
            gauge(
                    "segment_age_seconds",
                    "How long ago the newest segment was sealed; before the first, how long ago the stream was started.",
                    stream -> StreamSample.micros(stream.detail().segments().newestUs())),
            gauge(
                    "segment_duration_seconds",
                    "The newest segment's duration; 0 before the first.",
                    stream -> stream.detail().segments().seconds()),
            gauge(
                    "segment_bytes",
                    "The newest segment's length; 0 before the first.",
                    stream -> stream.detail().segments().bytes()),
            gauge(
                    "segment_spool_seconds",
                    "From the arrival of the newest segment's last bytes until it was whole on our disk.",
                    stream -> StreamSample.micros(stream.detail().segments().spoolUs())),
            gauge(
                    "segment_store_seconds",
                    "From the arrival of the last bytes of the segment that was stored last until it stood in the bucket.",
                    stream -> StreamSample.micros(stream.detail().segments().storeUs())));

    static final List<StreamFamily> ALL = Stream.of(OWN, MediaFamilies.ALL, SrtFamilies.ALL)
            .flatMap(List::stream)
            .toList();

    private StreamFamilies() {}

    private static double idle(StreamSample stream) {
        StreamMeasures measures = stream.detail().measures();
        if (measures.lastDataUs() == StreamMeasures.NEVER) {
            return StreamSample.NOT_KNOWN;
        }
        // While it is measured, what was so then.
        long atUs = measures.isCurrent(stream.nowUs()) ? measures.atUs() : stream.nowUs();
        return StreamSample.micros(Math.max(0, atUs - measures.lastDataUs()));
    }
}
