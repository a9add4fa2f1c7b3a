// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.grpc;

import io.medicloud.service.config.Secret;
import io.medicloud.service.proto.UpdateStreamRequest;
import io.medicloud.service.proto.UpdateStreamResponse;
import io.medicloud.service.stream.Ingress;
import io.medicloud.service.stream.StreamException;
import io.medicloud.service.stream.StreamRegistry;
import io.medicloud.service.stream.StreamSettings;
import io.medicloud.service.stream.StreamThresholds;
import io.medicloud.service.stream.StreamUpdate;
import io.medicloud.service.stream.TakeoverPolicy;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Reads what an UpdateStream call asks for, and says what came of it. */
final class UpdateRequest {
    private UpdateRequest() {}

    /** @throws StreamException if a field is ill-formed; the message names it */
    static StreamUpdate update(UpdateStreamRequest request) throws StreamException {
        StartRequest.requireNotNegative("retention_bytes", request.getRetentionBytes());
        StartRequest.requireNotNegative("retention_count", request.getRetentionCount());
        return new StreamUpdate(
                request.getLiveId(),
                request.hasSegmentDurationMs() ? millis(request.getSegmentDurationMs()) : null,
                request.hasSegmentMaxDurationMs() ? millis(request.getSegmentMaxDurationMs()) : null,
                request.hasSegmentMaxBytes() ? (Long) request.getSegmentMaxBytes() : null,
                request.hasReconnectWindowMs() ? millis(request.getReconnectWindowMs()) : null,
                request.hasRetentionAgeS()
                        ? Duration.ofSeconds(Integer.toUnsignedLong(request.getRetentionAgeS()))
                        : null,
                request.hasRetentionBytes() ? (Long) request.getRetentionBytes() : null,
                request.hasRetentionCount() ? (Long) request.getRetentionCount() : null,
                request.hasAllowFrom() ? StreamSettings.ranges(request.getAllowFrom()) : null,
                request.hasTakeover() ? TakeoverPolicy.of(request.getTakeover()) : null,
                thresholds(request),
                fixed(request));
    }

    private static StreamThresholds.Update thresholds(UpdateStreamRequest request) {
        return new StreamThresholds.Update(
                request.hasMaxBitrate() ? (Long) request.getMaxBitrate() : null,
                request.hasStallAfterMs() ? millis(request.getStallAfterMs()) : null,
                request.hasNoMediaTimeoutMs() ? millis(request.getNoMediaTimeoutMs()) : null,
                request.hasAlarmBitrateBelow() ? (Long) request.getAlarmBitrateBelow() : null,
                request.hasAlarmFrameRateBelow() ? (Double) request.getAlarmFrameRateBelow() : null,
                request.hasAlarmLossAbove() ? (Double) request.getAlarmLossAbove() : null,
                request.hasAlarmRttAboveMs() ? millis(request.getAlarmRttAboveMs()) : null);
    }

    private static StreamUpdate.Fixed fixed(UpdateStreamRequest request) throws StreamException {
        return new StreamUpdate.Fixed(
                request.hasPassphrase() ? Secret.of(request.getPassphrase()) : null,
                request.hasAllowUnencrypted() ? (Boolean) request.getAllowUnencrypted() : null,
                request.hasLatencyMs() ? millis(request.getLatencyMs()) : null,
                request.hasStoragePrefix() ? request.getStoragePrefix() : null,
                request.hasSourceUrl() || request.hasStreamId()
                        ? Ingress.of(request.getSourceUrl(), request.getStreamId())
                        : null);
    }

    private static Duration millis(int unsigned) {
        return Duration.ofMillis(Integer.toUnsignedLong(unsigned));
    }

    static UpdateStreamResponse response(String liveId, StreamRegistry.Updated updated) {
        StreamSettings settings = updated.settings();
        StreamThresholds thresholds = settings.thresholds();
        return UpdateStreamResponse.newBuilder()
                .setLiveId(liveId)
                .addAllChanged(updated.changed())
                .setSegmentDurationMs(millis(settings.segmentDuration()))
                .setSegmentMaxDurationMs(millis(settings.segmentMaxDuration()))
                .setSegmentMaxBytes(settings.segmentMaxBytes())
                .setReconnectWindowMs(millis(settings.reconnectWindow()))
                .setRetentionAgeS((int) settings.retention().age().toSeconds())
                .setRetentionBytes(settings.retention().bytes())
                .setRetentionCount(settings.retention().count())
                .setAllowFrom(settings.allowFrom().toString())
                .setTakeover(settings.takeover().word())
                .setMaxBitrate(thresholds.maxBitrate())
                .setStallAfterMs(millis(thresholds.stallAfter()))
                .setNoMediaTimeoutMs(millis(thresholds.noMedia()))
                .setAlarmBitrateBelow(thresholds.alarmBitrate())
                .setAlarmFrameRateBelow(thresholds.alarmFrameRate())
                .setAlarmLossAbove(thresholds.alarmLoss())
                .setAlarmRttAboveMs(millis(thresholds.alarmRtt()))
                .build();
    }

    private static int millis(@Nullable Duration value) {
        return value == null ? 0 : (int) value.toMillis();
    }
}
