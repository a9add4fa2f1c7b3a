// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.stream;

import io.medicloud.mpegts.segment.SegmentPolicy;
import io.medicloud.pipeline.record.StreamRetention;
import io.medicloud.service.config.Secret;
import io.medicloud.service.config.SegmentConfig;
import io.medicloud.service.security.AddressRanges;
import io.medicloud.service.stream.StreamException.Kind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What an open stream is asked to have otherwise than until now: null stays as it is; zero, or empty, is as configured.
 *
 * @param segmentDuration see {@link StreamSettings}, as those that follow
 * @param retentionAge of its {@link StreamRetention}, as those that follow
 * @param fixed what cannot change
 */
public record StreamUpdate(
        String liveId,
        @Nullable Duration segmentDuration,
        @Nullable Duration segmentMaxDuration,
        @Nullable Long segmentMaxBytes,
        @Nullable Duration reconnectWindow,
        @Nullable Duration retentionAge,
        @Nullable Long retentionBytes,
        @Nullable Long retentionCount,
        @Nullable AddressRanges allowFrom,
        @Nullable TakeoverPolicy takeover,
        StreamThresholds.Update thresholds,
        Fixed fixed) {
    /**
     * What a stream has until its end.
     *
     * @param ingress null unless a way in is named
     */
    public record Fixed(
            @Nullable Secret passphrase,
            @Nullable Boolean allowUnencrypted,
            @Nullable Duration latency,
            @Nullable String storagePrefix,
            @Nullable Ingress ingress) {
        /** Asks for nothing. */
        public static final Fixed NONE = new Fixed(null, null, null, null, null);

        private void require(StreamSpec spec) throws StreamException {
            require("passphrase", passphrase, spec.passphrase());
            require("allow_unencrypted", allowUnencrypted, spec.allowUnencrypted());
            require("latency_ms", latency, StreamSettings.or(spec.settings().latency(), Duration.ZERO));
            require("storage_prefix", storagePrefix, spec.settings().storagePrefix());
            require(ingress instanceof Ingress.Pull ? "source_url" : "stream_id", ingress, spec.ingress());
        }

        private static void require(String field, @Nullable Object asked, Object is) throws StreamException {
            if (asked != null && !asked.equals(is)) {
                throw new StreamException(
                        Kind.PRECONDITION,
                        field
                                + ": cannot change while the stream runs; stop it (StopPullStream), and start it with another");
            }
        }
    }

    /**
     * The settings that a stream is to have then.
     *
     * @throws StreamException if something is asked for that cannot change; the message names the field
     */
    StreamSettings applyTo(StreamSpec spec, StreamSettings now) throws StreamException {
        fixed.require(spec);
        StreamRetention kept = now.retention();
        return new StreamSettings(
                or(segmentDuration, now.segmentDuration()),
                or(segmentMaxDuration, now.segmentMaxDuration()),
                Objects.requireNonNullElse(segmentMaxBytes, now.segmentMaxBytes()),
                now.latency(),
                now.storagePrefix(),
                or(reconnectWindow, now.reconnectWindow()),
                new StreamRetention(
                        Objects.requireNonNullElse(retentionAge, kept.age()),
                        Objects.requireNonNullElse(retentionBytes, kept.bytes()),
                        Objects.requireNonNullElse(retentionCount, kept.count())),
                Objects.requireNonNullElse(allowFrom, now.allowFrom()),
                Objects.requireNonNullElse(takeover, now.takeover()),
                thresholds.applyTo(now.thresholds()));
    }

    private static @Nullable Duration or(@Nullable Duration asked, @Nullable Duration now) {
        return asked == null ? now : asked.isZero() ? null : asked;
    }

    /** What is configured, or, of what it says nothing about, what the stream was started with: another configuration is for the next start. */
    SegmentConfig asRuns(SegmentConfig configured, StreamSettings now, SegmentPolicy running) {
        boolean keepsTarget = segmentDuration == null && now.segmentDuration() == null;
        boolean keepsLongest =
                segmentDuration == null && segmentMaxDuration == null && now.segmentMaxDuration() == null;
        boolean keepsBytes = segmentMaxBytes == null && now.segmentMaxBytes() == 0;
        return new SegmentConfig(
                keepsTarget ? running.target() : configured.duration(),
                keepsLongest ? running.longest() : configured.maxDuration(),
                keepsTarget ? running.shortest() : configured.minDuration(),
                keepsBytes ? running.mostBytes() : configured.maxBytes(),
                configured.atClock(),
                configured.atSplices(),
                configured.repeatParameterSets());
    }

    /** Whether it says how segments are cut. */
    boolean cutsSegments() {
        return segmentDuration != null || segmentMaxDuration != null || segmentMaxBytes != null;
    }

    /** What differs, by the names of the fields. */
    static List<Difference> differences(StreamSettings before, StreamSettings now) {
        List<Difference> found = new ArrayList<>();
        add(found, "segment_duration_ms", millis(before.segmentDuration()), millis(now.segmentDuration()));
        add(found, "segment_max_duration_ms", millis(before.segmentMaxDuration()), millis(now.segmentMaxDuration()));
        add(found, "segment_max_bytes", before.segmentMaxBytes(), now.segmentMaxBytes());
        add(found, "reconnect_window_ms", millis(before.reconnectWindow()), millis(now.reconnectWindow()));
        add(
                found,
                "retention_age_s",
                before.retention().age().toSeconds(),
                now.retention().age().toSeconds());
        add(
                found,
                "retention_bytes",
                before.retention().bytes(),
                now.retention().bytes());
        add(
                found,
                "retention_count",
                before.retention().count(),
                now.retention().count());
        add(found, "allow_from", before.allowFrom(), now.allowFrom());
        add(found, "takeover", before.takeover().word(), now.takeover().word());
        addThresholds(found, before.thresholds(), now.thresholds());
        return found;
    }

    private static void addThresholds(List<Difference> found, StreamThresholds before, StreamThresholds now) {
        add(found, "max_bitrate", before.maxBitrate(), now.maxBitrate());
        add(found, "stall_after_ms", millis(before.stallAfter()), millis(now.stallAfter()));
        add(found, "no_media_timeout_ms", millis(before.noMedia()), millis(now.noMedia()));
        add(found, "alarm_bitrate_below", before.alarmBitrate(), now.alarmBitrate());
        add(found, "alarm_frame_rate_below", before.alarmFrameRate(), now.alarmFrameRate());
        add(found, "alarm_loss_above", before.alarmLoss(), now.alarmLoss());
        add(found, "alarm_rtt_above_ms", millis(before.alarmRtt()), millis(now.alarmRtt()));
    }

    /** What one field was, and what it is. */
    record Difference(String field, String before, String now) {
        @Override
        public String toString() {
            return field + " from '" + before + "' to '" + now + "'";
        }
    }

    private static void add(List<Difference> to, String field, Object before, Object now) {
        if (!before.equals(now)) {
            to.add(new Difference(field, before.toString(), now.toString()));
        }
    }

    private static long millis(@Nullable Duration value) {
        return value == null ? 0 : value.toMillis();
    }
}
