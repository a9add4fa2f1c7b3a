// SPDX-License-Identifier: Apache-2.0
package io.medicloud.mpegts.monitor;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a monitor has found up to now. Times are those that were handed in with the data, or, of a file, microseconds since its first packet. Null is
 * what was not measured. Immutable.
 *
 * @param packets how many came, also those whose sync byte was damaged
 * @param seconds from the first packet's time to the last time
 * @param bitrate of all packets, bits a second
 * @param indicators all of TR 101 290, in their order
 * @param pids those that came, in their order
 * @param clocks PIDs with clock references
 * @param videos H.264, H.265 and MPEG-2 streams
 */
public record MonitorReport(
        long packets,
        double seconds,
        @Nullable Double bitrate,
        List<IndicatorReport> indicators,
        List<PidReport> pids,
        List<PcrReport> clocks,
        List<VideoReport> videos) {
    public MonitorReport {
        indicators = List.copyOf(indicators);
        pids = List.copyOf(pids);
        clocks = List.copyOf(clocks);
        videos = List.copyOf(videos);
    }

    /** What was found of this indicator. */
    public IndicatorReport of(Indicator indicator) {
        return indicators.stream()
                .filter(report -> report.indicator() == indicator)
                .findFirst()
                .orElseThrow();
    }

    /**
     * An indicator.
     *
     * @param state what its lamp shows
     * @param count errors so far
     * @param firstUs when the first came; null if none did
     * @param lastUs when the last came
     * @param firstPacket the number of the packet at the first, from 0
     * @param lastPacket the number of the packet at the last
     * @param pids errors by PID, of those that belong to one
     */
    public record IndicatorReport(
            Indicator indicator,
            IndicatorState state,
            long count,
            @Nullable Long firstUs,
            @Nullable Long lastUs,
            @Nullable Long firstPacket,
            @Nullable Long lastPacket,
            List<PidCount> pids) {
        public IndicatorReport {
            pids = List.copyOf(pids);
        }
    }

    /**
     * Errors on a PID.
     *
     * @param pid which
     * @param count how many
     */
    public record PidCount(int pid, long count) {}

    /**
     * A PID.
     *
     * @param role what it is, by the tables
     * @param packets how many came
     * @param scrambled how many of them were scrambled
     * @param bitrate bits a second over all the time
     * @param leastBitrate of the whole seconds, the one with least; null before there was a whole one
     * @param mostBitrate of the whole seconds, the one with most
     * @param continuityErrors Continuity_count_error on it
     */
    public record PidReport(
            int pid,
            PidRole role,
            long packets,
            long scrambled,
            @Nullable Double bitrate,
            @Nullable Double leastBitrate,
            @Nullable Double mostBitrate,
            long continuityErrors) {}

    /**
     * The clock references of a PID.
     *
     * @param pid which
     * @param count how many came
     * @param discontinuities how often the clock jumped, announced or not
     * @param leastIntervalMs between two of them, by their values
     * @param meanIntervalMs likewise
     * @param mostIntervalMs likewise
     * @param accuracyNs the farthest that one lay off its place in a stream of constant rate (PCR_AC); null if the rate is not constant
     * @param transportRate bits a second of the whole stream, by the clock, if that rate is constant
     * @param jitterUs the farthest that one came off its time (PCR_OJ), only live
     * @param frequencyOffsetPpm how much faster the clock is than that of the arrival (PCR_FO), only live
     * @param driftPpmPerHour how much that grows (PCR_DR), only live
     */
    public record PcrReport(
            int pid,
            long count,
            long discontinuities,
            @Nullable Double leastIntervalMs,
            @Nullable Double meanIntervalMs,
            @Nullable Double mostIntervalMs,
            @Nullable Double accuracyNs,
            @Nullable Double transportRate,
            @Nullable Double jitterUs,
            @Nullable Double frequencyOffsetPpm,
            @Nullable Double driftPpmPerHour) {}

    /**
     * A video stream.
     *
     * @param pid which
     * @param pictures access units: frames, or fields that are sent as such
     * @param frameRate access units a second, by their decoding times
     * @param leastFrameMs between two decoding times
     * @param mostFrameMs likewise
     * @param randomAccessPoints how many there were
     * @param leastGop access units from one random access point to the next
     * @param meanGop likewise
     * @param mostGop likewise
     * @param mostGopSeconds likewise, by the decoding times
     * @param lastGop the last that is over
     * @param lastGopSeconds likewise, by the decoding times
     * @param buffers the system target decoder's; null without profile and level
     * @param missing access units that are not there, by the gaps between decoding times
     * @param damaged access units of which packets are missing; they are not among the pictures
     */
    public record VideoReport(
            int pid,
            long pictures,
            @Nullable Double frameRate,
            @Nullable Double leastFrameMs,
            @Nullable Double mostFrameMs,
            long randomAccessPoints,
            @Nullable Long leastGop,
            @Nullable Double meanGop,
            @Nullable Long mostGop,
            @Nullable Double mostGopSeconds,
            @Nullable Long lastGop,
            @Nullable Double lastGopSeconds,
            @Nullable BufferReport buffers,
            long missing,
            long damaged) {}

    /**
     * The buffers of the system target decoder for a video stream.
     *
     * @param transportBytes size of TB
     * @param mostTransportBytes the fullest that TB was
     * @param multiplexBytes size of MB
     * @param mostMultiplexBytes the fullest that MB was
     * @param elementaryBytes size of EB
     * @param mostElementaryBytes the fullest that EB was
     * @param overflows of TB and MB
     * @param underflows of EB: pictures that were not there when they were due
     * @param mostDelayMs the longest that a picture's first byte stayed
     */
    public record BufferReport(
            long transportBytes,
            long mostTransportBytes,
            long multiplexBytes,
            long mostMultiplexBytes,
            long elementaryBytes,
            long mostElementaryBytes,
            long overflows,
            long underflows,
            double mostDelayMs) {}
}
