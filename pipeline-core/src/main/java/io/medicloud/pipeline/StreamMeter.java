// SPDX-License-Identifier: Apache-2.0
package io.medicloud.pipeline;

import io.medicloud.mpegts.monitor.MonitorReport;
import io.medicloud.mpegts.monitor.TsMonitor;
import io.medicloud.mpegts.packet.TsFault;
import io.medicloud.mpegts.segment.Segmenter;
import io.netty.buffer.ByteBuf;
import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Measures what comes, and says once a second what it has found. Belongs to the stream's thread, but for {@link #measures}, which any thread may ask.
 */
final class StreamMeter {
    private static final long PERIOD_US = 1_000_000;

    private final Segmenter segmenter;
    private final boolean isMonitored;
    private final ContentProbe content = new ContentProbe();
    private @Nullable TsMonitor monitor;
    private long lastDataUs = StreamMeasures.NEVER;
    private long periodUs;
    private long periodBytes;
    private volatile StreamMeasures measures = StreamMeasures.NONE;

    /** @param isMonitored whether the stream is measured by TR 101 290, too: takes about 1 MB, and 30 at the most */
    StreamMeter(Segmenter segmenter, boolean isMonitored) {
        this.segmenter = segmenter;
        this.isMonitored = isMonitored;
    }

    /** What was found up to a second ago. */
    StreamMeasures measures() {
        return measures;
    }

    /** What comes from now on does not follow what came before. */
    void onConnected(long nowUs) {
        finish();
        monitor = isMonitored ? new TsMonitor() : null;
        content.restart();
        periodUs = nowUs;
        periodBytes = 0;
    }

    /** Nothing more comes; what is held is released. */
    void finish() {
        content.finish();
        TsMonitor watching = monitor;
        if (watching != null) {
            watching.finish();
            monitor = null;
        }
    }

    /** The stream is another from now on. */
    void onProgram() {
        content.restart();
    }

    void onData(ByteBuf data, long nowUs) {
        lastDataUs = nowUs;
        periodBytes += data.readableBytes();
        TsMonitor watching = monitor;
        if (watching != null) {
            watching.onData(data, nowUs);
        }
        content.onData(data, nowUs);
    }

    /** To be called after every batch. */
    void look(long nowUs) {
        long passedUs = nowUs - periodUs;
        if (passedUs < PERIOD_US) {
            return;
        }
        TsMonitor watching = monitor;
        MonitorReport report = null;
        if (watching != null) {
            watching.onTime(nowUs);
            report = watching.report();
        }
        Map<TsFault, Long> faults = new EnumMap<>(TsFault.class);
        for (TsFault fault : TsFault.values()) {
            faults.put(fault, segmenter.count(fault));
        }
        measures = new StreamMeasures(
                nowUs,
                lastDataUs,
                periodBytes * Byte.SIZE * PERIOD_US / passedUs,
                segmenter.packets(),
                faults,
                content.programs(),
                report);
        periodUs = nowUs;
        periodBytes = 0;
    }
}
