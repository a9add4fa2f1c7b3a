// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.grpc;

import io.medicloud.mpegts.packet.Pts;
import io.medicloud.mpegts.segment.SegmentFacts;
import io.medicloud.pipeline.event.StreamEvent;
import io.medicloud.pipeline.event.StreamEvent.BytesDropped;
import io.medicloud.pipeline.event.StreamEvent.CallersRefused;
import io.medicloud.pipeline.event.StreamEvent.ClockJumped;
import io.medicloud.pipeline.event.StreamEvent.Connected;
import io.medicloud.pipeline.event.StreamEvent.Disconnected;
import io.medicloud.pipeline.event.StreamEvent.Ended;
import io.medicloud.pipeline.event.StreamEvent.Failed;
import io.medicloud.pipeline.event.StreamEvent.ForeignFound;
import io.medicloud.pipeline.event.StreamEvent.LimitCleared;
import io.medicloud.pipeline.event.StreamEvent.LimitReached;
import io.medicloud.pipeline.event.StreamEvent.MediaFlowing;
import io.medicloud.pipeline.event.StreamEvent.ProgramChanged;
import io.medicloud.pipeline.event.StreamEvent.QualityAlarm;
import io.medicloud.pipeline.event.StreamEvent.Reconnecting;
import io.medicloud.pipeline.event.StreamEvent.RecordRebuilt;
import io.medicloud.pipeline.event.StreamEvent.SegmentExpired;
import io.medicloud.pipeline.event.StreamEvent.SegmentLost;
import io.medicloud.pipeline.event.StreamEvent.SegmentSealed;
import io.medicloud.pipeline.event.StreamEvent.SegmentUploaded;
import io.medicloud.pipeline.event.StreamEvent.Stalled;
import io.medicloud.pipeline.event.StreamEvent.Started;
import io.medicloud.pipeline.event.StreamEvent.Updated;
import io.medicloud.pipeline.event.StreamEvent.UploadFailed;
import io.medicloud.pipeline.record.LoggedEvent;
import io.medicloud.pipeline.record.SegmentRecord;
import io.medicloud.service.proto.Segment;
import io.medicloud.service.proto.WatchEventsResponse;

/** Events and segments as the API tells them. */
final class EventMessages {
    private static final int TICKS_PER_MS = 90;

    private EventMessages() {}

    static WatchEventsResponse.Type typeOf(StreamEvent event) {
        if (event instanceof Started) {
            return WatchEventsResponse.Type.STREAM_STARTED;
        } else if (event instanceof Connected) {
            return WatchEventsResponse.Type.CONNECTED;
        } else if (event instanceof MediaFlowing) {
            return WatchEventsResponse.Type.MEDIA_FLOWING;
        } else if (event instanceof Disconnected) {
            return WatchEventsResponse.Type.DISCONNECTED;
        } else if (event instanceof SegmentSealed) {
            return WatchEventsResponse.Type.SEGMENT_SEALED;
        } else if (event instanceof SegmentUploaded) {
            return WatchEventsResponse.Type.SEGMENT_UPLOADED;
        } else if (event instanceof UploadFailed) {
            return WatchEventsResponse.Type.UPLOAD_FAILED;
        } else if (event instanceof SegmentLost) {
            return WatchEventsResponse.Type.SEGMENT_LOST;
        } else if (event instanceof BytesDropped) {
            return WatchEventsResponse.Type.BYTES_DROPPED;
        } else if (event instanceof SegmentExpired) {
            return WatchEventsResponse.Type.SEGMENT_EXPIRED;
        } else if (event instanceof Stalled) {
            return WatchEventsResponse.Type.STALLED;
        } else if (event instanceof ProgramChanged) {
            return WatchEventsResponse.Type.PROGRAM_CHANGED;
        } else if (event instanceof QualityAlarm) {
            return WatchEventsResponse.Type.QUALITY_ALARM;
        } else if (event instanceof LimitReached) {
            return WatchEventsResponse.Type.LIMIT_REACHED;
        } else if (event instanceof LimitCleared) {
            return WatchEventsResponse.Type.LIMIT_CLEARED;
        } else if (event instanceof Ended) {
            return WatchEventsResponse.Type.STREAM_ENDED;
        } else if (event instanceof Failed) {
            return WatchEventsResponse.Type.STREAM_FAILED;
        } else if (event instanceof ClockJumped) {
            return WatchEventsResponse.Type.CLOCK_JUMPED;
        } else if (event instanceof ForeignFound) {
            return WatchEventsResponse.Type.FOREIGN_FOUND;
        } else if (event instanceof Updated) {
            return WatchEventsResponse.Type.STREAM_UPDATED;
        } else if (event instanceof CallersRefused) {
            return WatchEventsResponse.Type.CALLERS_REFUSED;
        } else if (event instanceof Reconnecting) {
            return WatchEventsResponse.Type.RECONNECTING;
        } else if (event instanceof RecordRebuilt) {
            return WatchEventsResponse.Type.RECORD_REBUILT;
        }
        return WatchEventsResponse.Type.UNSPECIFIED;
    }

    static WatchEventsResponse of(LoggedEvent logged) {
        StreamEvent event = logged.event();
        WatchEventsResponse.Builder message = WatchEventsResponse.newBuilder()
                .setCursor(logged.cursor())
                .setAtMs(event.at().toEpochMilli())
                .setLiveId(event.streamId())
                .setType(typeOf(event));
        if (event instanceof Connected e) {
            message.setPeer(e.peer());
        } else if (event instanceof Disconnected e) {
            message.setReason(e.reason());
        } else if (event instanceof Reconnecting e) {
            message.setReason(e.reason());
        } else if (event instanceof SegmentSealed e) {
            message.setSequence(e.facts().sequence()).setBytes(e.facts().bytes());
            message.setSegment(factsOf(e.facts()).setIncomplete(e.incomplete()).setState(Segment.State.SEALED));
        } else if (event instanceof SegmentUploaded e) {
            message.setSequence(e.sequence())
                    .setBytes(e.bytes())
                    .setKey(e.key())
                    .setAttempts(e.attempts());
        } else if (event instanceof UploadFailed e) {
            message.setSequence(e.sequence()).setKey(e.key());
            message.setReason(e.reason()).setRetried(e.retried());
        } else if (event instanceof SegmentLost e) {
            message.setSequence(e.sequence()).setReason(e.reason());
        } else if (event instanceof BytesDropped e) {
            message.setBytes(e.bytes()).setReason(e.reason());
        } else if (event instanceof SegmentExpired e) {
            message.setSequence(e.sequence()).setKey(e.key());
        } else if (event instanceof Stalled e) {
            message.setReason(e.reason());
        } else if (event instanceof ProgramChanged e) {
            message.setReason(e.reason());
        } else if (event instanceof QualityAlarm e) {
            message.setReason(e.reason()).setRaised(e.raised());
        } else if (event instanceof LimitReached e) {
            message.setReason(e.reason()).setLimit(e.limit());
        } else if (event instanceof LimitCleared e) {
            message.setReason(e.reason()).setLimit(e.limit());
        } else if (event instanceof Ended e) {
            message.setReason(e.reason()).setLeftInSpool(e.leftInSpool());
        } else if (event instanceof Failed e) {
            message.setReason(e.reason()).setLeftInSpool(e.leftInSpool());
        } else if (event instanceof ClockJumped e) {
            message.setReason(e.reason());
        } else if (event instanceof ForeignFound e) {
            message.setReason(e.reason());
        } else if (event instanceof Updated e) {
            message.setReason(e.reason());
        } else if (event instanceof CallersRefused e) {
            message.setCallers(e.callers()).setPeer(e.peer()).setReason(e.reason());
        } else if (event instanceof RecordRebuilt e) {
            message.setReason(e.reason());
        }
        return message.build();
    }

    static Segment of(SegmentRecord segment) {
        return factsOf(segment.facts())
                .setState(
                        switch (segment.state()) {
                            case OPEN -> Segment.State.OPEN;
                            case SEALED -> Segment.State.SEALED;
                            case UPLOADED, LISTED, EVICTED -> Segment.State.STORED;
                            case EXPIRED -> Segment.State.EXPIRED;
                            case REJECTED -> Segment.State.REJECTED;
                            case LOST -> Segment.State.LOST;
                        })
                .setKey(segment.key())
                .setIncomplete(segment.incomplete())
                .setChangedAtMs(segment.changedAt().toEpochMilli())
                .setStartedAtMs(segment.place().startMs())
                .build();
    }

    private static Segment.Builder factsOf(SegmentFacts facts) {
        Segment.Builder segment = Segment.newBuilder()
                .setSequence(facts.sequence())
                .setBytes(facts.bytes())
                .setPackets(facts.packets())
                .setInjectedPackets(facts.injectedPackets())
                .setDurationMs(facts.durationTicks() / TICKS_PER_MS)
                .setIndependent(facts.independent())
                .setDiscontinuity(facts.discontinuity())
                .setContinuityErrors(facts.continuityErrors());
        if (facts.startPts() != Pts.NONE) {
            segment.setStartPts(facts.startPts());
        }
        return segment;
    }
}
