// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.metrics;

import static io.medicloud.service.metrics.StreamFamily.counter;
import static io.medicloud.service.metrics.StreamFamily.gauge;
import static io.medicloud.service.metrics.StreamFamily.summedGauge;

import io.medicloud.service.stream.SrtTotals;
import java.util.List;

/** The metrics of streams that tell of SRT and of the network. Counters are of all connections of a stream; gauges of the one that there is. */
final class SrtFamilies {
    static final List<StreamFamily> ALL = List.of(
            gauge("srt_rtt_seconds", "Smoothed round trip time.", stream -> stream.srtNow(now -> now.msRtt() / 1e3)),
            gauge(
                    "srt_latency_seconds",
                    "The latency that both ends agreed on.",
                    stream -> stream.srtNow(now -> now.msRcvTsbPdDelay() / 1e3)),
            gauge(
                    "srt_link_bitrate",
                    "Bits a second that the link could carry, as far as SRT can tell.",
                    stream -> stream.srtNow(now -> now.mbpsBandwidth() * 1e6)),
            gauge(
                    "srt_buffer_seconds",
                    "The time that what is in the receive buffer spans: so long it stays there.",
                    stream -> stream.srtNow(now -> now.msRcvBuf() / 1e3)),
            summedGauge(
                    "srt_buffer_packets",
                    "Packets in the receive buffer.",
                    stream -> stream.srtNow(now -> now.pktRcvBuf())),
            gauge(
                    "srt_buffer_free_bytes",
                    "Room in the receive buffer.",
                    stream -> stream.srtNow(now -> now.byteAvailRcvBuf())),
            counter(
                    "srt_received_packets",
                    "Data packets received, with retransmitted and duplicate ones.",
                    stream -> stream.srtTotal(SrtTotals::packets)),
            counter(
                    "srt_received_bytes",
                    "Bytes of those, with the headers of SRT, UDP and IP.",
                    stream -> stream.srtTotal(SrtTotals::bytes)),
            counter(
                    "srt_lost_packets",
                    "Packets that were missed; most of them come again.",
                    stream -> stream.srtTotal(SrtTotals::lost)),
            counter(
                    "srt_retransmitted_packets",
                    "Packets received that had been sent before.",
                    stream -> stream.srtTotal(SrtTotals::retransmitted)),
            counter(
                    "srt_dropped_packets",
                    "Packets that were given up, for their time had come: the receive buffer ran dry of them; or that could not be decrypted.",
                    stream -> stream.srtTotal(SrtTotals::dropped)),
            counter(
                    "srt_belated_packets",
                    "Packets that came after their time.",
                    stream -> stream.srtTotal(SrtTotals::belated)),
            counter(
                    "srt_undecrypted_packets",
                    "Packets that could not be decrypted.",
                    stream -> stream.srtTotal(SrtTotals::undecrypted)),
            counter(
                    "srt_rebuilt_packets",
                    "Packets that forward error correction rebuilt.",
                    stream -> stream.srtTotal(SrtTotals::rebuilt)),
            counter("srt_loss_reports_sent", "Loss reports sent.", stream -> stream.srtTotal(SrtTotals::lossReports)),
            counter(
                    "srt_acknowledgements_sent",
                    "Acknowledgements sent, without light ones.",
                    stream -> stream.srtTotal(SrtTotals::acknowledgements)),
            counter(
                    "kernel_drops",
                    "Datagrams that the kernel discarded at the stream's own port because nobody took them in time (Linux).",
                    StreamSample::kernelDrops));

    private SrtFamilies() {}
}
