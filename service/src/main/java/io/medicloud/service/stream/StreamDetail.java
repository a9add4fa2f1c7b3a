// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.stream;

import io.medicloud.pipeline.PipelineStats;
import io.medicloud.pipeline.SegmentFigures;
import io.medicloud.pipeline.StreamMeasures;
import org.jspecify.annotations.Nullable;

/**
 * All that is measured of a stream at a moment.
 *
 * @param segments of its segments
 * @param segmentFaults what went wrong with them
 * @param measures of its media
 * @param startedAtMs when it was started by this process, in milliseconds since 1970
 * @param isMonitored whether it is measured by TR 101 290
 * @param thresholds what it has otherwise than configured
 * @param link its SRT connection, or the last one; null before the first
 */
public record StreamDetail(
        StreamInfo info,
        PipelineStats pipeline,
        SegmentFigures segments,
        SegmentFaults.Counts segmentFaults,
        StreamMeasures measures,
        long startedAtMs,
        boolean isMonitored,
        StreamThresholds thresholds,
        @Nullable SrtLink link) {}
