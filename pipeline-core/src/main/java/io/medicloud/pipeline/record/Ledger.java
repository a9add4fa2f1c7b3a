// SPDX-License-Identifier: Apache-2.0
package io.medicloud.pipeline.record;

import io.medicloud.pipeline.event.StreamEvent;
import io.medicloud.pipeline.spool.SealedSegment;
import io.medicloud.pipeline.timeline.Place;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.JdbiException;
import org.jspecify.annotations.Nullable;

/**
 * The durable record of streams, segments and events, in one SQLite file. A change is handed to one writing thread and
 * returns at once; it is on disk when its stage completes, and every later change is after it. Telling of the same step
 * again changes nothing and logs no second event. Thread-safe; reads see what is on disk.
 */
public final class Ledger implements EventLog, AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final InstantSource clock;
    private final LedgerWriter writer;
    private final Handle reader;
    private final @Nullable String damage;
    private final DamageMark mark;
    private final List<Runnable> tails = new CopyOnWriteArrayList<>();

    private Ledger(LedgerFile.Opened file, DamageMark mark, LedgerLimits limits, InstantSource clock) {
        this.clock = clock;
        this.damage = file.damage();
        this.mark = mark;
        this.reader = file.database().open();
        reader.getConfig(UnreadableRows.class).tellTo(mark::leave);
        this.writer = new LedgerWriter(file.writer(), limits, mark::leave, () -> tails.forEach(Runnable::run));
    }

    /**
     * Opens the record, and makes it if need be. A damaged one is put aside, and a new one made from what can be read of it.
     *
     * @param clock the wall clock
     * @throws IOException if it cannot be used, or a newer version of this program wrote it; the message says what to do
     */
    public static Ledger open(Path file, LedgerLimits limits, InstantSource clock) throws IOException {
        Ledger ledger = new Ledger(LedgerFile.open(file, clock.instant()), new DamageMark(file), limits, clock);
        ledger.writer.start();
        return ledger;
    }

    /** Blocks until a change is on disk, for 10 s at the most; throws with a message that says why it is not. */
    public static void await(CompletionStage<Void> change) throws IOException {
        try {
            change.toCompletableFuture().get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            throw new IOException(String.valueOf(cause.getMessage()), e);
        } catch (TimeoutException e) {
            throw new IOException("the record was not written within " + PATIENCE, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while the record was written", e);
        }
    }

    /** What was wrong with the record that was found and replaced by this one, and where it is now; null if nothing. */
    public @Nullable String damage() {
        return damage;
    }

    /** Why nothing can be written now, in one line; null if all is well. */
    public @Nullable String fault() {
        return writer.fault();
    }

    /** Changes that were refused because too many waited; the next start finds them out again. */
    public long refused() {
        return writer.refused();
    }

    /** Changes that wait to be written. */
    public int waiting() {
        return writer.waiting();
    }

    /** Records a stream, or that it goes elsewhere; its next number only rises. */
    public CompletionStage<Void> putStream(String id, String keyPrefix, long nextSequence) {
        return writer.submit((handle, events) -> Tables.putStream(handle, id, keyPrefix, nextSequence));
    }

    /** Records that a known stream is to run, and how; or, with no settings, that it is not. */
    public CompletionStage<Void> setWanted(String id, boolean isWanted, Map<String, String> settings) {
        Map<String, String> kept = Map.copyOf(settings);
        return writer.submit((handle, events) -> Tables.setWanted(handle, id, isWanted, kept));
    }

    /** May the list of a stream's segments in the store, below that prefix, name some that are not recorded? */
    public boolean isListUnread(String id, String keyPrefix) throws LedgerException {
        return read(handle -> Tables.isListUnread(handle, id, keyPrefix));
    }

    /** Somebody else may have written the list of a stream's segments in the store meanwhile. */
    public CompletionStage<Void> onListMayBeAnothers(String id) {
        return writer.submit((handle, events) -> Tables.listUnread(handle, id));
    }

    /** Records what that list names, and that it was read; blocks until that is done, as {@link #await} does. */
    public void takeListed(String id, List<SegmentRecord> listed) throws LedgerException {
        long atMs = clock.millis();
        awaitDone(writer.submit((handle, events) -> Tables.takeListed(handle, id, listed, atMs)));
    }

    /** Blocks until every change that was told before is on disk, as {@link #await} does, but not while nothing can be written; one that was refused never will be. */
    public void awaitWritten() throws LedgerException {
        String fault = writer.fault();
        if (fault != null) {
            throw new LedgerException(fault, null);
        }
        awaitDone(writer.submit((handle, events) -> {}));
    }

    private static void awaitDone(CompletionStage<Void> change) throws LedgerException {
        try {
            await(change);
        } catch (IOException e) {
            throw new LedgerException(String.valueOf(e.getMessage()), e);
        }
    }

    /** The stream is over, and its lists in the store say so. */
    public CompletionStage<Void> onOverListed(String id) {
        return writer.submit((handle, events) -> Tables.overListed(handle, id));
    }

    /** The streams that are over and not to run again, and of which the store does not say so yet. */
    public List<String> overUnlisted() throws LedgerException {
        return read(Tables::overUnlisted);
    }

    /** Adds one setting to those with which a stream is to run. */
    public CompletionStage<Void> putSetting(String id, String name, String value) {
        return writer.submit((handle, events) -> Tables.putSetting(handle, id, name, value));
    }

    /** Records, with the event, that a stream that is to run has other settings and another retention; settings that are not named stay. */
    public CompletionStage<Void> onUpdated(
            StreamEvent.Updated event, Map<String, String> settings, StreamRetention retention) {
        Map<String, String> kept = Map.copyOf(settings);
        return writer.submit((handle, events) -> {
            kept.forEach((name, value) -> Tables.putSetting(handle, event.streamId(), name, value));
            Tables.putRetention(handle, event.streamId(), retention);
            events.accept(event);
        });
    }

    /** Records what a stream may have in the store. */
    public CompletionStage<Void> putRetention(String id, StreamRetention retention) {
        return writer.submit((handle, events) -> Tables.putRetention(handle, id, retention));
    }

    /** What a stream may have in the store. */
    public StreamRetention retention(String id) throws LedgerException {
        return read(handle -> Tables.retention(handle, id));
    }

    /** A segment's file was begun: its number is taken. */
    public CompletionStage<Void> onOpened(String streamId, long sequence) {
        return onOpened(streamId, sequence, Place.NONE);
    }

    /** The same, where it is known at which place. */
    public CompletionStage<Void> onOpened(String streamId, long sequence, Place place) {
        long atMs = clock.millis();
        return writer.submit((handle, events) -> Tables.openSegment(handle, streamId, sequence, place, atMs));
    }

    /** A segment is sealed, uploaded, or rejected by the store. The event is logged if that is news. */
    public CompletionStage<Void> onMoved(SealedSegment segment, SegmentState state, @Nullable StreamEvent event) {
        long atMs = clock.millis();
        return writer.submit((handle, events) -> {
            if (Tables.putSegment(handle, segment, state, atMs) && event != null) {
                events.accept(event);
            }
        });
    }

    /** A segment of which only the number is at hand came into a state. The event is logged if that is news. */
    public CompletionStage<Void> onMoved(
            String streamId, long sequence, SegmentState state, @Nullable StreamEvent event) {
        long atMs = clock.millis();
        return writer.submit((handle, events) -> {
            if (Tables.moveSegment(handle, streamId, sequence, state, atMs) && event != null) {
                events.accept(event);
            }
        });
    }

    /** The segments of a stream that were uploaded, up to a number, stand in its manifest beside them; those whose keys have another prefix do not. */
    public CompletionStage<Void> onListed(String streamId, String keyPrefix, long upToSequence) {
        long atMs = clock.millis();
        return writer.submit((handle, events) -> Tables.list(handle, streamId, keyPrefix, upToSequence, atMs));
    }

    /** Logs something that happened. */
    public CompletionStage<Void> append(StreamEvent event) {
        return writer.submit((handle, events) -> events.accept(event));
    }

    /** Every stream that is known, by its id. */
    public List<StreamRecord> streams() throws LedgerException {
        return read(Tables::streams);
    }

    /** One stream, or null if it is not known. */
    public @Nullable StreamRecord stream(String id) throws LedgerException {
        return read(handle -> Tables.stream(handle, id));
    }

    /** The streams of which there are such segments as {@link #unfinished} gives. */
    public Set<String> unfinishedStreams() throws LedgerException {
        return read(Tables::unfinishedStreams);
    }

    /** The segments of a stream for which something is left to do, oldest first. */
    public List<SegmentRecord> unfinished(String streamId) throws LedgerException {
        return read(handle -> Tables.unfinished(handle, streamId));
    }

    /** The segments of a stream from a number on, oldest first. */
    public List<SegmentRecord> segments(String streamId, long fromSequence, int most) throws LedgerException {
        return read(handle -> Tables.segments(handle, streamId, fromSequence, most));
    }

    /** The newest segments of a stream, whatever became of them, oldest first. */
    public List<SegmentRecord> newest(String streamId, int most) throws LedgerException {
        return read(handle -> Tables.newest(handle, streamId, most));
    }

    /**
     * The segments of a stream that began between two times of day, in milliseconds since 1970, and the last one that began before, oldest
     * first.
     */
    public List<SegmentRecord> between(String streamId, long fromMs, long toMs, int most) throws LedgerException {
        return read(handle -> Tables.between(handle, streamId, fromMs, toMs, most));
    }

    /**
     * Records what is in a stream, as whoever asks for it writes it.
     *
     * @param more from what is recorded, empty if nothing is, to what shall be; run on the record's thread
     */
    public CompletionStage<Void> putMedia(String streamId, UnaryOperator<String> more) {
        return writer.submit(
                (handle, events) -> Tables.putMedia(handle, streamId, more.apply(Tables.media(handle, streamId))));
    }

    /** What was recorded last of what is in a stream; empty if nothing was. */
    public String media(String streamId) throws LedgerException {
        return read(handle -> Tables.media(handle, streamId));
    }

    /** The newest segments of a stream that stand in the store, oldest first. */
    public List<SegmentRecord> stored(String streamId, int most) throws LedgerException {
        return read(handle -> Tables.stored(handle, streamId, most));
    }

    /** The oldest segment of a stream that stands in the store, or none. */
    public List<SegmentRecord> oldestStored(String streamId) throws LedgerException {
        return read(handle -> Tables.oldestStored(handle, streamId));
    }

    /**
     * Of a stream's segments that stand in the store the oldest that are past a limit; a limit of 0 is none.
     *
     * @param beforeMs stored before that, in milliseconds since 1970
     * @param bytes beyond so many in all, counted from the newest
     * @param count beyond so many, counted from the newest
     */
    public List<SegmentRecord> expired(String streamId, long beforeMs, long bytes, long count, int most)
            throws LedgerException {
        return read(handle -> Tables.expired(handle, streamId, beforeMs, bytes, count, most));
    }

    /** Of a stream's segments that stand in the store those that are known by the day alone, oldest first. */
    public List<ForgottenSegments> forgotten(String streamId) throws LedgerException {
        return read(handle -> Forgotten.of(handle, streamId));
    }

    /** Of such segments those up to a number are gone from the store. */
    public CompletionStage<Void> onForgottenExpired(ForgottenSegments segments, long upToSequence) {
        return writer.submit((handle, events) -> Forgotten.expire(handle, segments, upToSequence));
    }

    /** What those of a stream's segments that stand in the store are in all that are known each for itself. */
    public StoredSum storedSum(String streamId) throws LedgerException {
        return read(handle -> Forgotten.stored(handle, streamId));
    }

    /** The cursor of the last event that a reader of that name has dealt with, -1 if it is new. */
    public long readerCursor(String name) throws LedgerException {
        return read(handle -> Tables.readerCursor(handle, name));
    }

    /** A reader has dealt with the log up to there. */
    public CompletionStage<Void> putReaderCursor(String name, long cursor) {
        return writer.submit((handle, events) -> Tables.putReaderCursor(handle, name, cursor));
    }

    /** The events behind a cursor, in order; 0 is before the first. One that cannot be read is passed over, and counted in the next. */
    @Override
    public List<LoggedEvent> events(long afterCursor, int most) throws LedgerException {
        return read(handle -> Tables.events(handle, afterCursor, most));
    }

    /** The cursor of the oldest event that is kept; one past {@link #lastCursor()} if there is none. */
    @Override
    public long firstCursor() throws LedgerException {
        return read(Tables::firstCursor);
    }

    /** The cursor of the newest event, 0 if there never was one. */
    @Override
    public long lastCursor() throws LedgerException {
        return read(Tables::lastCursor);
    }

    /** About how many events are kept, at the most; 0 if the record cannot be read. */
    public long eventsKept() {
        try {
            return lastCursor() - firstCursor() + 1;
        } catch (LedgerException e) {
            return 0;
        }
    }

    /**
     * Has something called whenever there are new events.
     *
     * @param tail called on the record's thread: must not block
     * @return takes it off again
     */
    @Override
    public Runnable addTail(Runnable tail) {
        tails.add(tail);
        return () -> tails.remove(tail);
    }

    private <T extends @Nullable Object> T read(Function<Handle, T> query) throws LedgerException {
        synchronized (reader) {
            try {
                return query.apply(reader);
            } catch (JdbiException e) {
                String found = SqliteFaults.describe(e);
                if (SqliteFaults.isDamage(e)) {
                    mark.leave(found);
                    throw new LedgerException("the record is damaged: " + found + "; a restart makes a new one", e);
                }
                throw new LedgerException("the record cannot be read: " + found, e);
            }
        }
    }

    /** Writes what waits, for up to 5 s, and closes the file. */
    @Override
    public void close() {
        try {
            writer.close(Duration.ofSeconds(5));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            synchronized (reader) {
                reader.close();
            }
        }
    }
}
