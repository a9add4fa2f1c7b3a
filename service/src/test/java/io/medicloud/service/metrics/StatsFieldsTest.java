// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.metrics;

import static java.util.Map.entry;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import io.medicloud.service.proto.StreamStats;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** What is exported of streams is in the API's statistics too. */
final class StatsFieldsTest {
    private static final Map<String, String> FIELDS = Map.ofEntries(
            entry("connected", "srt.connected"),
            entry("connections", "connections"),
            entry("rejected_callers", "rejected_callers"),
            entry("received_bytes", "received_bytes"),
            entry("dropped_bytes", "dropped_bytes"),
            entry("bitrate", "bits_per_second"),
            entry("idle_seconds", "idle_ms"),
            entry("queue_bytes", "segments.queued_bytes"),
            entry("segments_sealed", "segments.sealed"),
            entry("segments_stored", "segments.stored"),
            entry("upload_failures", "segments.upload_failures"),
            entry("uploads_waiting", "segments.waiting"),
            entry("upload_oldest_seconds", "segments.oldest_waiting_ms"),
            entry("segment_target_seconds", "segments.target_seconds"),
            entry("segment_age_seconds", "segments.newest_age_ms"),
            entry("segment_duration_seconds", "segments.newest_seconds"),
            entry("segment_bytes", "segments.newest_bytes"),
            entry("segment_spool_seconds", "segments.spool_ms"),
            entry("segment_store_seconds", "segments.store_ms"),
            entry("ts_packets", "ts.packets"),
            entry("ts_faults", "ts.faults"),
            entry("frame_rate", "tracks.frame_rate"),
            entry("pictures", "ts.pictures.pictures"),
            entry("pictures_missing", "ts.pictures.missing"),
            entry("pictures_damaged", "ts.pictures.damaged"),
            entry("random_access_points", "ts.pictures.random_access_points"),
            entry("gop_pictures", "ts.pictures.gop_pictures"),
            entry("gop_seconds", "ts.pictures.gop_ms"),
            entry("tr101290_errors", "ts.indicators.count"),
            entry("tr101290_active", "ts.indicators.state"),
            entry("pcr_jitter_seconds", "ts.clocks.jitter_us"),
            entry("pcr_interval_seconds", "ts.clocks.most_interval_ms"),
            entry("pcr_discontinuities", "ts.clocks.discontinuities"),
            entry("decoder_buffer_overflows", "ts.pictures.buffer_overflows"),
            entry("decoder_buffer_underflows", "ts.pictures.buffer_underflows"),
            entry("srt_rtt_seconds", "srt.rtt_ms"),
            entry("srt_latency_seconds", "srt.latency_ms"),
            entry("srt_link_bitrate", "srt.bandwidth_bits_per_second"),
            entry("srt_buffer_seconds", "srt.buffer_ms"),
            entry("srt_buffer_packets", "srt.buffer_packets"),
            entry("srt_buffer_free_bytes", "srt.buffer_free_bytes"),
            entry("srt_received_packets", "srt.received_packets"),
            entry("srt_received_bytes", "srt.received_bytes"),
            entry("srt_lost_packets", "srt.lost_packets"),
            entry("srt_retransmitted_packets", "srt.retransmitted_packets"),
            entry("srt_dropped_packets", "srt.dropped_packets"),
            entry("srt_belated_packets", "srt.belated_packets"),
            entry("srt_undecrypted_packets", "srt.undecrypted_packets"),
            entry("srt_rebuilt_packets", "srt.rebuilt_packets"),
            entry("srt_loss_reports_sent", "srt.loss_reports"),
            entry("srt_acknowledgements_sent", "srt.acknowledgements"),
            entry("kernel_drops", "srt.kernel_drops"));

    @Test
    void everyMetricOfAStreamHasAFieldThere() {
        assertThat(StreamFamilies.ALL.stream().map(StreamFamily::name).collect(Collectors.toSet()))
                .isEqualTo(FIELDS.keySet());
        assertThat(FIELDS.values())
                .allSatisfy(path -> assertThat(isThere(path)).as(path).isTrue());
    }

    private static boolean isThere(String path) {
        Descriptor message = StreamStats.getDescriptor();
        FieldDescriptor field = null;
        for (String name : path.split("\\.", -1)) {
            Descriptor in = field == null ? message : field.getMessageType();
            field = in.findFieldByName(name);
            if (field == null) {
                return false;
            }
        }
        return true;
    }
}
