// SPDX-License-Identifier: Apache-2.0
package io.medicloud.pipeline.event;

import io.medicloud.mpegts.segment.SegmentFacts;
import java.time.Instant;

/**
 * Something that happened to a stream. Events of one segment come in the order of what is true: sealed, then uploaded.
 * {@link Ended} and {@link Failed} are the last of a run; uploads that a stop left to a later start are told then.
 */
public sealed interface StreamEvent {
    /** The stream's id; empty if it concerns all of them. */
    String streamId();

    /** When it happened, by the wall clock. */
    Instant at();

    /** The stream was set up and waits for its source. */
    record Started(String streamId, Instant at) implements StreamEvent {}

    /**
     * A source is connected; nothing is known of what it sends yet.
     *
     * @param peer who it is: an address, a file
     */
    record Connected(String streamId, Instant at, String peer) implements StreamEvent {}

    /** Transport stream packets come, for the first time since the source connected. */
    record MediaFlowing(String streamId, Instant at) implements StreamEvent {}

    /**
     * A segment is whole on our disk.
     *
     * @param facts what is in it
     * @param incomplete bytes that belong behind its last packet were lost, or it was found after a crash
     */
    record SegmentSealed(String streamId, Instant at, SegmentFacts facts, boolean incomplete) implements StreamEvent {}

    /**
     * A segment stands in the store.
     *
     * @param sequence its number
     * @param key where it is in the store
     * @param bytes its length
     * @param attempts how many it took, 1 if the first succeeded
     */
    record SegmentUploaded(String streamId, Instant at, long sequence, String key, long bytes, int attempts)
            implements StreamEvent {}

    /**
     * A segment could not be stored. Told at the first failure and when the reason changes, not at every attempt.
     *
     * @param sequence its number
     * @param key where it belongs in the store
     * @param reason one line
     * @param retried it is tried again until it succeeds; otherwise it stays in the spool's folder of rejects
     */
    record UploadFailed(String streamId, Instant at, long sequence, String key, String reason, boolean retried)
            implements StreamEvent {}

    /**
     * A segment number of which nothing exists.
     *
     * @param sequence the number
     * @param reason one line
     */
    record SegmentLost(String streamId, Instant at, long sequence, String reason) implements StreamEvent {}

    /**
     * A segment stood in the store for as long as it was to, and is deleted there.
     *
     * @param sequence its number
     * @param key where it was
     */
    record SegmentExpired(String streamId, Instant at, long sequence, String key) implements StreamEvent {}

    /**
     * Received bytes were dropped: a limit was reached, or the disk failed.
     *
     * @param bytes how many since the last such event
     * @param reason one line that names the limit
     */
    record BytesDropped(String streamId, Instant at, long bytes, String reason) implements StreamEvent {}

    /**
     * A source is connected, and does not bring what it should.
     *
     * @param reason one line
     */
    record Stalled(String streamId, Instant at, String reason) implements StreamEvent {}

    /**
     * The program that is cut has other streams than before.
     *
     * @param reason one line: what it has now, and what it had
     */
    record ProgramChanged(String streamId, Instant at, String reason) implements StreamEvent {}

    /**
     * Errors in what comes begin, or have ended.
     *
     * @param raised they begin
     * @param reason one line: which, and how many
     */
    record QualityAlarm(String streamId, Instant at, boolean raised, String reason) implements StreamEvent {}

    /**
     * A limit was reached, and what it says is done.
     *
     * @param limit its name in the configuration
     * @param reason one line: what is done
     */
    record LimitReached(String streamId, Instant at, String limit, String reason) implements StreamEvent {}

    /**
     * A limit that was reached is not passed any more.
     *
     * @param limit its name in the configuration
     * @param reason one line: what is done again
     */
    record LimitCleared(String streamId, Instant at, String limit, String reason) implements StreamEvent {}

    /**
     * The stream runs otherwise from now on, as somebody asked for.
     *
     * @param reason one line: what is another than before
     */
    record Updated(String streamId, Instant at, String reason) implements StreamEvent {}

    /**
     * Callers were turned away. Told at the first one, and then for all of a while together. Without a stream, if it is not known which one they wanted.
     *
     * @param callers how many since the last such event
     * @param peer the last one's address
     * @param reason one line: why, and how many for each reason
     */
    record CallersRefused(String streamId, Instant at, long callers, String peer, String reason)
            implements StreamEvent {}

    /**
     * The source went away; another connection may follow.
     *
     * @param reason one line
     */
    record Disconnected(String streamId, Instant at, String reason) implements StreamEvent {}

    /**
     * The source has to be called, and is called again with growing pauses; told once until it brings media.
     *
     * @param reason one line: why there is no connection
     */
    record Reconnecting(String streamId, Instant at, String reason) implements StreamEvent {}

    /**
     * The stream is over, as somebody wanted it to be.
     *
     * @param reason one line
     * @param leftInSpool segments that are still to be uploaded, at the next start at the latest
     */
    record Ended(String streamId, Instant at, String reason, int leftInSpool) implements StreamEvent {}

    /**
     * The stream is over, against everybody's wish.
     *
     * @param reason one line
     * @param leftInSpool segments that are still to be uploaded, at the next start at the latest
     */
    record Failed(String streamId, Instant at, String reason, int leftInSpool) implements StreamEvent {}

    /**
     * The system's clock went otherwise than time. Concerns all streams.
     *
     * @param reason one line: by how much, and what follows
     */
    record ClockJumped(String streamId, Instant at, String reason) implements StreamEvent {}

    /**
     * At a start something lay in the spool that is not ours. Concerns all streams.
     *
     * @param reason one line: where, and what
     */
    record ForeignFound(String streamId, Instant at, String reason) implements StreamEvent {}

    /**
     * The durable record was damaged, and was made anew from what could be read of it and from the spool. Concerns all
     * streams.
     *
     * @param reason one line: what was found, and where the damaged one is kept
     */
    record RecordRebuilt(String streamId, Instant at, String reason) implements StreamEvent {}
}
