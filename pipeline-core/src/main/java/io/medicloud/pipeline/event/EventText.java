// SPDX-License-Identifier: Apache-2.0
package io.medicloud.pipeline.event;

import io.medicloud.mpegts.segment.SegmentFacts;
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
import io.medicloud.pipeline.text.FactFields;
import io.medicloud.pipeline.text.Fields;
import java.time.Instant;

/**
 * Events as text: a type, and lines of {@code name=value}. What is written is read for as long as events are kept: names
 * are not changed, and what is added has a default.
 *
 * @param type the event's simple name
 * @param fields a line for each field but the stream's id and the time
 */
public record EventText(String type, String fields) {
    /** The event as text. */
    public static EventText of(StreamEvent event) {
        Fields lines = new Fields();
        if (event instanceof Connected e) {
            lines.put("peer", e.peer());
        } else if (event instanceof SegmentSealed e) {
            lines = FactFields.of(e.facts()).put("bytes", e.facts().bytes()).put("incomplete", e.incomplete());
        } else if (event instanceof SegmentUploaded e) {
            lines.put("sequence", e.sequence());
            lines.put("key", e.key());
            lines.put("bytes", e.bytes());
            lines.put("attempts", e.attempts());
        } else if (event instanceof UploadFailed e) {
            lines.put("sequence", e.sequence());
            lines.put("key", e.key());
            lines.put("reason", e.reason());
            lines.put("retried", e.retried());
        } else if (event instanceof SegmentLost e) {
            lines.put("sequence", e.sequence());
            lines.put("reason", e.reason());
        } else if (event instanceof BytesDropped e) {
            lines.put("bytes", e.bytes());
            lines.put("reason", e.reason());
        } else if (event instanceof SegmentExpired e) {
            lines.put("sequence", e.sequence());
            lines.put("key", e.key());
        } else if (event instanceof Stalled e) {
            lines.put("reason", e.reason());
        } else if (event instanceof ProgramChanged e) {
            lines.put("reason", e.reason());
        } else if (event instanceof QualityAlarm e) {
            lines.put("raised", e.raised());
            lines.put("reason", e.reason());
        } else if (event instanceof LimitReached e) {
            lines.put("limit", e.limit());
            lines.put("reason", e.reason());
        } else if (event instanceof LimitCleared e) {
            lines.put("limit", e.limit());
            lines.put("reason", e.reason());
        } else if (event instanceof Updated e) {
            lines.put("reason", e.reason());
        } else if (event instanceof CallersRefused e) {
            lines.put("callers", e.callers());
            lines.put("peer", e.peer());
            lines.put("reason", e.reason());
        } else if (event instanceof Disconnected e) {
            lines.put("reason", e.reason());
        } else if (event instanceof Reconnecting e) {
            lines.put("reason", e.reason());
        } else if (event instanceof Ended e) {
            lines.put("reason", e.reason());
            lines.put("left-in-spool", e.leftInSpool());
        } else if (event instanceof Failed e) {
            lines.put("reason", e.reason());
            lines.put("left-in-spool", e.leftInSpool());
        } else if (event instanceof ClockJumped e) {
            lines.put("reason", e.reason());
        } else if (event instanceof ForeignFound e) {
            lines.put("reason", e.reason());
        } else if (event instanceof RecordRebuilt e) {
            lines.put("reason", e.reason());
        }
        return new EventText(event.getClass().getSimpleName(), lines.write());
    }

    /**
     * The event that was written.
     *
     * @throws IllegalArgumentException if that is no event
     */
    public StreamEvent toEvent(String streamId, Instant at) {
        Fields lines = Fields.read(fields);
        return switch (type) {
            case "Started" -> new Started(streamId, at);
            case "Connected" -> new Connected(streamId, at, lines.text("peer"));
            case "MediaFlowing" -> new MediaFlowing(streamId, at);
            case "SegmentSealed" -> new SegmentSealed(streamId, at, facts(lines), lines.flag("incomplete"));
            case "SegmentUploaded" ->
                new SegmentUploaded(
                        streamId, at, lines.number("sequence"), lines.text("key"), lines.number("bytes"), (int)
                                lines.number("attempts"));
            case "UploadFailed" ->
                new UploadFailed(
                        streamId,
                        at,
                        lines.number("sequence"),
                        lines.text("key"),
                        lines.text("reason"),
                        lines.flag("retried"));
            case "SegmentLost" -> new SegmentLost(streamId, at, lines.number("sequence"), lines.text("reason"));
            case "BytesDropped" -> new BytesDropped(streamId, at, lines.number("bytes"), lines.text("reason"));
            case "SegmentExpired" -> new SegmentExpired(streamId, at, lines.number("sequence"), lines.text("key"));
            case "Stalled" -> new Stalled(streamId, at, lines.text("reason"));
            case "ProgramChanged" -> new ProgramChanged(streamId, at, lines.text("reason"));
            case "QualityAlarm" -> new QualityAlarm(streamId, at, lines.flag("raised"), lines.text("reason"));
            case "LimitReached" -> new LimitReached(streamId, at, lines.text("limit"), lines.text("reason"));
            case "LimitCleared" -> new LimitCleared(streamId, at, lines.text("limit"), lines.text("reason"));
            case "Updated" -> new Updated(streamId, at, lines.text("reason"));
            case "CallersRefused" ->
                new CallersRefused(streamId, at, lines.number("callers"), lines.text("peer"), lines.text("reason"));
            case "Disconnected" -> new Disconnected(streamId, at, lines.text("reason"));
            case "Reconnecting" -> new Reconnecting(streamId, at, lines.text("reason"));
            case "Ended" -> new Ended(streamId, at, lines.text("reason"), (int) lines.number("left-in-spool"));
            case "Failed" -> new Failed(streamId, at, lines.text("reason"), (int) lines.number("left-in-spool"));
            case "ClockJumped" -> new ClockJumped(streamId, at, lines.text("reason"));
            case "ForeignFound" -> new ForeignFound(streamId, at, lines.text("reason"));
            case "RecordRebuilt" -> new RecordRebuilt(streamId, at, lines.text("reason"));
            default -> throw new IllegalArgumentException("not an event: " + type);
        };
    }

    private static SegmentFacts facts(Fields lines) {
        return FactFields.read(lines, lines.number("sequence"), lines.number("bytes"), lines.number("packets"));
    }
}
