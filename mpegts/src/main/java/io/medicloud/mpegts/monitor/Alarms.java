// SPDX-License-Identifier: Apache-2.0
package io.medicloud.mpegts.monitor;

import io.medicloud.mpegts.packet.Pid;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Counts errors by indicator and PID, and keeps the indicators' states. Memory: at most 32 KiB an indicator. Not thread-safe. */
final class Alarms {
    private final MonitorSink sink;
    private final long holdUs;
    private final Map<Indicator, Lamp> byIndicator = new EnumMap<>(Indicator.class);
    private final Lamp[] lamps;
    private long packet;

    private static final class Lamp {
        private final Indicator indicator;
        private boolean measured;
        private boolean active;
        private int open;
        private long count;
        private long firstUs;
        private long lastUs;
        private long holdFromUs;
        private long firstPacket;
        private long lastPacket;
        private int @Nullable [] byPid;

        Lamp(Indicator indicator) {
            this.indicator = indicator;
        }
    }

    Alarms(MonitorPolicy policy, MonitorSink sink) {
        this.sink = sink;
        this.holdUs = policy.holdUs();
        for (Indicator indicator : Indicator.values()) {
            byIndicator.put(indicator, new Lamp(indicator));
        }
        this.lamps = byIndicator.values().toArray(new Lamp[0]);
    }

    /** What is raised from now on happens at this packet. */
    void at(long packetNumber) {
        packet = packetNumber;
    }

    /** There is something to measure the indicator at. */
    void measure(Indicator indicator) {
        lamp(indicator).measured = true;
    }

    void raise(Indicator indicator, int pid, long nowUs) {
        Lamp lamp = lamp(indicator);
        lamp.measured = true;
        if (lamp.count++ == 0) {
            lamp.firstUs = nowUs;
            lamp.firstPacket = packet;
        }
        lamp.lastUs = nowUs;
        lamp.holdFromUs = nowUs;
        lamp.lastPacket = packet;
        if (pid != Pid.NONE) {
            if (lamp.byPid == null) {
                lamp.byPid = new int[Pid.COUNT];
            }
            lamp.byPid[pid]++;
        }
        sink.onError(indicator, pid, nowUs, packet);
        if (!lamp.active) {
            lamp.active = true;
            sink.onAlarm(indicator, pid, nowUs);
        }
    }

    /** An error has begun that lasts until {@link #end}: until then the indicator is active. */
    void begin(Indicator indicator) {
        lamp(indicator).open++;
    }

    /** The counterpart of one {@link #begin}; the hold time starts here. */
    void end(Indicator indicator, long nowUs) {
        Lamp lamp = lamp(indicator);
        lamp.open--;
        lamp.holdFromUs = Math.max(lamp.holdFromUs, nowUs);
    }

    /** Ends what has been right for long enough. */
    void expire(long nowUs) {
        for (Lamp lamp : lamps) {
            if (lamp.active && lamp.open == 0 && nowUs - lamp.holdFromUs > holdUs) {
                lamp.active = false;
                sink.onAlarmEnd(lamp.indicator, nowUs);
            }
        }
    }

    /**
     * @param timeless whether what takes time was not measured
     */
    List<MonitorReport.IndicatorReport> report(boolean timeless) {
        List<MonitorReport.IndicatorReport> reports = new ArrayList<>();
        for (Lamp lamp : lamps) {
            boolean raised = lamp.count > 0;
            reports.add(new MonitorReport.IndicatorReport(
                    lamp.indicator,
                    state(lamp, timeless),
                    lamp.count,
                    raised ? lamp.firstUs : null,
                    raised ? lamp.lastUs : null,
                    raised ? lamp.firstPacket : null,
                    raised ? lamp.lastPacket : null,
                    byPid(lamp.byPid)));
        }
        return reports;
    }

    private Lamp lamp(Indicator indicator) {
        return Objects.requireNonNull(byIndicator.get(indicator));
    }

    private static IndicatorState state(Lamp lamp, boolean timeless) {
        if (lamp.active) {
            return IndicatorState.ACTIVE;
        }
        if (lamp.count > 0) {
            return IndicatorState.CLEARED;
        }
        boolean measured = lamp.measured && !(timeless && lamp.indicator.isTimed());
        return measured ? IndicatorState.OK : IndicatorState.NOT_MEASURED;
    }

    private static List<MonitorReport.PidCount> byPid(int @Nullable [] counts) {
        List<MonitorReport.PidCount> found = new ArrayList<>();
        for (int pid = 0; counts != null && pid < counts.length; pid++) {
            if (counts[pid] > 0) {
                found.add(new MonitorReport.PidCount(pid, counts[pid]));
            }
        }
        return found;
    }
}
