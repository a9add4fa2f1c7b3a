// SPDX-License-Identifier: Apache-2.0
package io.medicloud.pipeline;

import io.medicloud.mpegts.monitor.MonitorReport;
import io.medicloud.mpegts.packet.TsFault;
import io.medicloud.mpegts.probe.ProbeReport;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What was measured of the media of a stream, up to a moment. Immutable.
 *
 * @param atUs when, monotonic time in microseconds
 * @param lastDataUs when the last bytes came; {@link #NEVER} before the first
 * @param bitsPerSecond over the last whole second
 * @param packets so far
 * @param faults how often each was met, of all
 * @param programs what is in it, as far as it was found out
 * @param monitor what the monitor has found since the source connected; null if the stream is not monitored, or nothing has come
 */
public record StreamMeasures(
        long atUs,
        long lastDataUs,
        long bitsPerSecond,
        long packets,
        Map<TsFault, Long> faults,
        List<ProbeReport.Program> programs,
        @Nullable MonitorReport monitor) {
    /** Measures are made once a second; older ones say nothing of now. */
    private static final long STALE_US = 2_500_000;

    /** No bytes have come. */
    public static final long NEVER = Long.MIN_VALUE;
    /** Of a stream from which nothing has come. */
    public static final StreamMeasures NONE = new StreamMeasures(NEVER, NEVER, 0, 0, Map.of(), List.of(), null);

    public StreamMeasures {
        faults = Map.copyOf(faults);
        programs = List.copyOf(programs);
    }

    /** Do they tell how it is at that time? */
    public boolean isCurrent(long nowUs) {
        return atUs != NEVER && nowUs - atUs <= STALE_US;
    }

    /** How fast it comes at that time; 0 if that is not known. */
    public long bitsPerSecond(long nowUs) {
        return isCurrent(nowUs) ? bitsPerSecond : 0;
    }

    /** Pictures a second of the first video stream: as measured, or, if the stream is not monitored, as it says of itself; NaN if that is not known. */
    public double frameRate() {
        MonitorReport report = monitor;
        Double measured = report == null || report.videos().isEmpty()
                ? null
                : report.videos().get(0).frameRate();
        return measured != null
                ? measured
                : programs.stream()
                        .flatMap(program -> program.streams().stream())
                        .map(ProbeReport.Stream::frameRate)
                        .filter(Objects::nonNull)
                        .findFirst()
                        .orElse(Double.NaN);
    }

    /** How often a fault was met. */
    public long count(TsFault fault) {
        return faults.getOrDefault(fault, 0L);
    }
}
