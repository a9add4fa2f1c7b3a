// SPDX-License-Identifier: Apache-2.0
package io.medicloud.pipeline;

import io.medicloud.mpegts.segment.SegmentPolicy;
import io.medicloud.pipeline.record.StreamRetention;
import io.medicloud.pipeline.store.ObjectKeys;
import java.time.Duration;

/**
 * How one stream is to be recorded.
 *
 * @param id the live id: 1 to 128 of {@code A-Za-z0-9._-}, not beginning with a dot
 * @param keyPrefix what the keys of its segments begin with; empty, or names that each end with a slash
 * @param policy how long segments are
 * @param reconnectWindow how long the source may be away before the stream ends; zero for as long as it likes
 * @param limits what is expected of the source
 * @param retention what it may have in the store
 * @param isMonitored whether it is measured by TR 101 290, see {@link io.medicloud.mpegts.monitor.TsMonitor}
 * @param isResumed media came before the process was restarted: the source is away, and not awaited for the first time
 * @param ranBefore how long ago it was started, in an earlier process; zero if it is just being
 * @param tenure by what right it is written
 */
public record PipelineConfig(
        String id,
        String keyPrefix,
        SegmentPolicy policy,
        Duration reconnectWindow,
        SourceLimits limits,
        StreamRetention retention,
        boolean isMonitored,
        boolean isResumed,
        Duration ranBefore,
        Tenure tenure) {
    /** @throws IllegalArgumentException if a field is of no use; the message names it */
    public PipelineConfig {
        ObjectKeys.requireName("live id", id);
        ObjectKeys.requirePrefix(keyPrefix);
        if (reconnectWindow.isNegative()) {
            throw new IllegalArgumentException("reconnect window " + reconnectWindow + " is negative");
        }
    }

    /** Segments go below the id; the source may be away as long as it likes. */
    public static PipelineConfig of(String id, SegmentPolicy policy) {
        return new PipelineConfig(
                id,
                id + "/",
                policy,
                Duration.ZERO,
                SourceLimits.NONE,
                StreamRetention.CONFIGURED,
                false,
                false,
                Duration.ZERO,
                Tenure.ALONE);
    }

    /** The same with another prefix. */
    public PipelineConfig withKeyPrefix(String prefix) {
        return new PipelineConfig(
                id, prefix, policy, reconnectWindow, limits, retention, isMonitored, isResumed, ranBefore, tenure);
    }

    /** The same with a limit to how long the source may be away. */
    public PipelineConfig withReconnectWindow(Duration window) {
        return new PipelineConfig(
                id, keyPrefix, policy, window, limits, retention, isMonitored, isResumed, ranBefore, tenure);
    }

    /** The same with other expectations of the source. */
    public PipelineConfig withLimits(SourceLimits other) {
        return new PipelineConfig(
                id, keyPrefix, policy, reconnectWindow, other, retention, isMonitored, isResumed, ranBefore, tenure);
    }

    /** The same with limits of its own to what it may have in the store. */
    public PipelineConfig withRetention(StreamRetention other) {
        return new PipelineConfig(
                id, keyPrefix, policy, reconnectWindow, limits, other, isMonitored, isResumed, ranBefore, tenure);
    }

    /** The same, measured by TR 101 290. */
    public PipelineConfig monitored() {
        return new PipelineConfig(
                id, keyPrefix, policy, reconnectWindow, limits, retention, true, isResumed, ranBefore, tenure);
    }

    /** The same for a source from which media came before. */
    public PipelineConfig resumed() {
        return new PipelineConfig(
                id, keyPrefix, policy, reconnectWindow, limits, retention, isMonitored, true, ranBefore, tenure);
    }

    /** The same of one that was started so long ago. */
    public PipelineConfig withRanBefore(Duration ago) {
        return new PipelineConfig(
                id, keyPrefix, policy, reconnectWindow, limits, retention, isMonitored, isResumed, ago, tenure);
    }

    /** The same by another right. */
    public PipelineConfig withTenure(Tenure other) {
        return new PipelineConfig(
                id, keyPrefix, policy, reconnectWindow, limits, retention, isMonitored, isResumed, ranBefore, other);
    }
}
