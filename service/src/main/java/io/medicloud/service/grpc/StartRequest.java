// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.grpc;

import io.medicloud.pipeline.record.StreamRetention;
import io.medicloud.service.config.Secret;
import io.medicloud.service.proto.StartPullStreamRequest;
import io.medicloud.service.stream.Ingress;
import io.medicloud.service.stream.StreamException;
import io.medicloud.service.stream.StreamSettings;
import io.medicloud.service.stream.StreamSpec;
import io.medicloud.service.stream.StreamThresholds;
import io.medicloud.service.stream.TakeoverPolicy;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Reads what a StartPullStream call asks for. */
final class StartRequest {
    private StartRequest() {}

    /** @throws StreamException if a field is ill-formed; the message names it */
    static StreamSpec spec(StartPullStreamRequest request) throws StreamException {
        StreamSpec.requireLiveId(request.getLiveId());
        return new StreamSpec(
                request.getLiveId(),
                Secret.of(request.getPassphrase()),
                request.getAllowUnencrypted(),
                Ingress.of(request.getSourceUrl(), request.getStreamId()),
                new StreamSettings(
                        millis(request.getSegmentDurationMs()),
                        millis(request.getSegmentMaxDurationMs()),
                        request.getSegmentMaxBytes(),
                        millis(request.getLatencyMs()),
                        request.getStoragePrefix(),
                        millis(request.getReconnectWindowMs()),
                        retention(request),
                        StreamSettings.ranges(request.getAllowFrom()),
                        TakeoverPolicy.of(request.getTakeover()),
                        new StreamThresholds(
                                request.getMaxBitrate(),
                                millis(request.getStallAfterMs()),
                                millis(request.getNoMediaTimeoutMs()),
                                request.getAlarmBitrateBelow(),
                                request.getAlarmFrameRateBelow(),
                                request.getAlarmLossAbove(),
                                millis(request.getAlarmRttAboveMs()))));
    }

    private static StreamRetention retention(StartPullStreamRequest request) throws StreamException {
        requireNotNegative("retention_bytes", request.getRetentionBytes());
        requireNotNegative("retention_count", request.getRetentionCount());
        return new StreamRetention(
                Duration.ofSeconds(Integer.toUnsignedLong(request.getRetentionAgeS())),
                request.getRetentionBytes(),
                request.getRetentionCount());
    }

    static void requireNotNegative(String field, long unsigned) throws StreamException {
        if (unsigned < 0) {
            throw new StreamException(StreamException.Kind.INVALID, field + ": must be up to " + Long.MAX_VALUE);
        }
    }

    private static @Nullable Duration millis(int unsigned) {
        return unsigned == 0 ? null : Duration.ofMillis(Integer.toUnsignedLong(unsigned));
    }
}
