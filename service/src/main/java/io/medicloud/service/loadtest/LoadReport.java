// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.loadtest;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a load test found. Times of {@link Percentiles} are milliseconds.
 *
 * @param seconds from the first call to the end of the last stream
 * @param media what was sent and what became of it
 * @param latency how old the newest picture of a segment was when the segment was in the bucket
 * @param oldest how old its oldest picture was then
 * @param control how long calls of the API took
 * @param lateness how much later than due messages were given to SRT: what the harness itself could not keep up with
 * @param process what the service used
 * @param drops what was dropped, by name, since the service began
 * @param steps by step; one if there were none
 * @param samples second by second
 * @param faults what is wrong, a line each, the first of them
 */
public record LoadReport(
        double seconds,
        Media media,
        Percentiles latency,
        Percentiles oldest,
        Percentiles control,
        Percentiles lateness,
        ServiceUse process,
        Map<String, Long> drops,
        List<StepReport> steps,
        List<Sample> samples,
        List<String> faults) {
    public LoadReport {
        steps = List.copyOf(steps);
        samples = List.copyOf(samples);
        faults = List.copyOf(faults);
    }

    /**
     * What was sent and what became of it.
     *
     * @param streams that were to be at once
     * @param started streams that were started in all
     * @param refused streams that the service would not start
     * @param bitsPerSecond of each stream
     * @param sentBytes given to SRT
     * @param storedBytes of those in the bucket where they belong
     * @param lostBytes of those that are not
     * @param verifiedSegments byte for byte what was sent
     * @param gappedSegments what was sent, less what is missing in them or in front of them
     * @param wrongSegments that hold something else, or are not there
     * @param injectedPackets tables put in front of segments
     * @param brokenConnections connections that did not come about, or ended without our doing
     */
    public record Media(
            int streams,
            int started,
            int refused,
            long bitsPerSecond,
            long sentBytes,
            long storedBytes,
            long lostBytes,
            long verifiedSegments,
            long gappedSegments,
            long wrongSegments,
            long injectedPackets,
            long brokenConnections) {}

    /**
     * What the service used, from outside.
     *
     * @param cpuSeconds user and system; NaN if it is not known
     * @param harnessCpuSeconds the same of the harness
     * @param rssBytes the most it had of the memory; 0 if it is not known
     * @param rssMibPerHour how fast that grew after the first quarter; NaN if it is not known
     * @param pauses of its collections; null if they are not known
     */
    public record ServiceUse(
            double cpuSeconds,
            double harnessCpuSeconds,
            long rssBytes,
            double rssMibPerHour,
            @Nullable Percentiles pauses) {}

    /** Something is stored, and nothing that is wrong. */
    public boolean isRight() {
        return media.wrongSegments() == 0 && media.verifiedSegments() + media.gappedSegments() > 0;
    }

    /** And everything that was sent is stored, of all that were to be. */
    public boolean isComplete() {
        return isRight() && media.lostBytes() == 0 && media.refused() == 0;
    }
}
