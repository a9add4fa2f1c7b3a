// SPDX-License-Identifier: Apache-2.0
package io.medicloud.pipeline.record;

import io.medicloud.mpegts.segment.SegmentFacts;
import io.medicloud.pipeline.event.EventText;
import io.medicloud.pipeline.event.StreamEvent;
import io.medicloud.pipeline.spool.FactsText;
import io.medicloud.pipeline.spool.SealedSegment;
import io.medicloud.pipeline.text.FactFields;
import io.medicloud.pipeline.text.Fields;
import io.medicloud.pipeline.timeline.Place;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.Query;
import org.jspecify.annotations.Nullable;

/** The statements. Each works within the transaction of the handle that it is given. */
final class Tables {
    private static final String FACTS = "bytes, facts, incomplete, place, start_ms";
    private static final int PACKET_BYTES = 188;

    private Tables() {}

    /** Adds a stream, or changes where it goes; the number only rises. */
    static void putStream(Handle handle, String id, String keyPrefix, long nextSequence) {
        handle.createUpdate("""
                        INSERT INTO stream (id, key_prefix, next_sequence, over_listed, list_unread)
                        VALUES (:id, :prefix, :next, 0, 1)
                        ON CONFLICT (id) DO UPDATE SET key_prefix = excluded.key_prefix,
                            next_sequence = max(next_sequence, excluded.next_sequence), over_listed = 0,
                            list_unread = list_unread OR key_prefix <> excluded.key_prefix""")
                .bind("id", id)
                .bind("prefix", keyPrefix)
                .bind("next", nextSequence)
                .execute();
    }

    static void setWanted(Handle handle, String id, boolean isWanted, Map<String, String> settings) {
        handle.execute("UPDATE stream SET wanted = ? WHERE id = ?", isWanted, id);
        handle.execute("DELETE FROM setting WHERE stream = ?", id);
        settings.forEach((name, value) ->
                handle.execute("INSERT INTO setting (stream, name, value) VALUES (?, ?, ?)", id, name, value));
    }

    /** May the list below a prefix, to which the stream's segments go, name some that are not known here? */
    static boolean isListUnread(Handle handle, String id, String keyPrefix) {
        return handle.createQuery("SELECT count(*) FROM stream WHERE id = ? AND key_prefix = ? AND list_unread")
                        .bind(0, id)
                        .bind(1, keyPrefix)
                        .mapTo(Integer.class)
                        .one()
                > 0;
    }

    /** Such a list may name others again. */
    static void listUnread(Handle handle, String id) {
        handle.execute("UPDATE stream SET list_unread = 1 WHERE id = ?", id);
    }

    /** Adds what such a list names; what is known stays as it is. */
    static void takeListed(Handle handle, String id, List<SegmentRecord> listed, long atMs) {
        for (SegmentRecord segment : listed) {
            handle.execute(
                    "INSERT INTO segment (stream, sequence, state, key, changed_ms, bytes, facts, incomplete)"
                            + " VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (stream, sequence) DO NOTHING",
                    id,
                    segment.sequence(),
                    segment.state().name(),
                    segment.key(),
                    atMs,
                    segment.facts().bytes(),
                    FactFields.of(segment.facts()).write(),
                    segment.incomplete());
            raiseNext(handle, id, segment.sequence() + 1);
        }
        handle.execute("UPDATE stream SET list_unread = 0 WHERE id = ?", id);
    }

    /** The store says of a stream that it is over. */
    static void overListed(Handle handle, String id) {
        handle.execute("UPDATE stream SET over_listed = 1 WHERE id = ? AND NOT wanted", id);
    }

    /** Streams that are over, of which the store does not say so yet. */
    static List<String> overUnlisted(Handle handle) {
        return handle.createQuery("SELECT id FROM stream WHERE NOT wanted AND NOT over_listed ORDER BY id")
                .mapTo(String.class)
                .list();
    }

    static void putSetting(Handle handle, String id, String name, String value) {
        handle.execute("""
                INSERT INTO setting (stream, name, value) SELECT id, ?, ? FROM stream WHERE id = ? AND wanted
                ON CONFLICT (stream, name) DO UPDATE SET value = excluded.value""", name, value, id);
    }

    static List<StreamRecord> streams(Handle handle) {
        Map<String, Map<String, String>> settings = new HashMap<>();
        handle.createQuery("SELECT stream, name, value FROM setting")
                .map((row, context) -> settings.computeIfAbsent(row.getString(1), id -> new HashMap<>())
                        .put(row.getString(2), row.getString(3)))
                .forEach(previous -> {});
        return handle.createQuery("SELECT id, key_prefix, next_sequence, wanted FROM stream ORDER BY id")
                .map((row, context) -> new StreamRecord(
                        row.getString(1),
                        row.getString(2),
                        row.getLong(3),
                        row.getBoolean(4),
                        settings.getOrDefault(row.getString(1), Map.of())))
                .list();
    }

    static @Nullable StreamRecord stream(Handle handle, String id) {
        Map<String, String> settings = new HashMap<>();
        handle.createQuery("SELECT name, value FROM setting WHERE stream = ?")
                .bind(0, id)
                .map((row, context) -> settings.put(row.getString(1), row.getString(2)))
                .forEach(previous -> {});
        return handle.createQuery("SELECT id, key_prefix, next_sequence, wanted FROM stream WHERE id = ?")
                .bind(0, id)
                .map((row, context) -> new StreamRecord(
                        row.getString(1), row.getString(2), row.getLong(3), row.getBoolean(4), settings))
                .findOne()
                .orElse(null);
    }

    static void putRetention(Handle handle, String id, StreamRetention kept) {
        handle.execute("DELETE FROM retention WHERE stream = ?", id);
        if (!kept.equals(StreamRetention.CONFIGURED)) {
            handle.execute(
                    "INSERT INTO retention (stream, age_ms, bytes, count) VALUES (?, ?, ?, ?)",
                    id,
                    kept.age().toMillis(),
                    kept.bytes(),
                    kept.count());
        }
    }

    static StreamRetention retention(Handle handle, String id) {
        return handle.createQuery("SELECT age_ms, bytes, count FROM retention WHERE stream = ?")
                .bind(0, id)
                .map((row, context) ->
                        new StreamRetention(Duration.ofMillis(row.getLong(1)), row.getLong(2), row.getLong(3)))
                .findOne()
                .orElse(StreamRetention.CONFIGURED);
    }

    static void raiseNext(Handle handle, String id, long nextSequence) {
        handle.execute(
                "UPDATE stream SET next_sequence = ? WHERE id = ? AND next_sequence < ?",
                nextSequence,
                id,
                nextSequence);
    }

    /** False if the segment is known already. */
    static boolean openSegment(Handle handle, String streamId, long sequence, Place place, long atMs) {
        raiseNext(handle, streamId, sequence + 1);
        return handle.execute("""
                        INSERT INTO segment (stream, sequence, state, changed_ms, place, start_ms)
                        VALUES (?, ?, 'OPEN', ?, ?, ?) ON CONFLICT (stream, sequence) DO NOTHING""", streamId, sequence, atMs, place.write(), place.startMs()) > 0;
    }

    /** False if the segment is in that state already, or past it. */
    static boolean putSegment(Handle handle, SealedSegment segment, SegmentState state, long atMs) {
        raiseNext(handle, segment.streamId(), segment.sequence() + 1);
        String sql = """
                INSERT INTO segment (stream, sequence, state, key, changed_ms, %1$s)
                VALUES (:stream, :sequence, :state, :key, :at, :bytes, :facts, :incomplete, :place, :start)
                ON CONFLICT (stream, sequence) DO UPDATE SET (state, key, changed_ms, %1$s)
                    = (excluded.state, excluded.key, excluded.changed_ms, excluded.bytes, excluded.facts,
                    excluded.incomplete, iif(excluded.place = '', segment.place, excluded.place),
                    iif(excluded.place = '', segment.start_ms, excluded.start_ms))
                WHERE segment.state IN (%2$s)""".formatted(FACTS, quoted(state));
        return handle.createUpdate(sql)
                        .bind("stream", segment.streamId())
                        .bind("sequence", segment.sequence())
                        .bind("state", state.name())
                        .bind("key", segment.key())
                        .bind("at", atMs)
                        .bind("bytes", segment.bytes())
                        .bind("facts", FactFields.of(segment.facts()).write())
                        .bind("incomplete", segment.incomplete())
                        .bind("place", segment.place().write())
                        .bind("start", segment.place().startMs())
                        .execute()
                > 0;
    }

    /** False if the segment is not known, in that state already, or past it. */
    static boolean moveSegment(Handle handle, String streamId, long sequence, SegmentState state, long atMs) {
        return handle.execute(
                        "UPDATE segment SET state = ?, changed_ms = ? WHERE stream = ? AND sequence = ? AND state IN ("
                                + quoted(state) + ")",
                        state.name(),
                        atMs,
                        streamId,
                        sequence)
                > 0;
    }

    private static String quoted(SegmentState next) {
        return next.before().stream().map(state -> "'" + state + "'").collect(Collectors.joining(", "));
    }

    /** The streams that have such segments. */
    static Set<String> unfinishedStreams(Handle handle) {
        return handle.createQuery(
                        "SELECT DISTINCT stream FROM segment WHERE state NOT IN ('EVICTED', 'REJECTED', 'EXPIRED', 'LOST')")
                .mapTo(String.class)
                .collectIntoSet();
    }

    /** Those of a stream for which something is left to do, oldest first. */
    static List<SegmentRecord> unfinished(Handle handle, String streamId) {
        return segments(handle.createQuery(
                        select()
                                + " WHERE stream = :stream AND state NOT IN ('EVICTED', 'REJECTED', 'EXPIRED', 'LOST') ORDER BY sequence")
                .bind("stream", streamId));
    }

    /** The newest of a stream that stand in the store, oldest first. */
    static List<SegmentRecord> stored(Handle handle, String streamId, int most) {
        return newest(handle, streamId, "AND state IN ('UPLOADED', 'LISTED', 'EVICTED')", most);
    }

    /** The oldest of a stream that stands in the store, or none. */
    static List<SegmentRecord> oldestStored(Handle handle, String streamId) {
        return segments(handle.createQuery(
                        select()
                                + " WHERE stream = :stream AND state IN ('UPLOADED', 'LISTED', 'EVICTED') ORDER BY sequence LIMIT 1")
                .bind("stream", streamId));
    }

    /** The newest of a stream, oldest first. */
    static List<SegmentRecord> newest(Handle handle, String streamId, int most) {
        return newest(handle, streamId, "", most);
    }

    /** Those of a stream that began between two times, and the last one before, oldest first. */
    static List<SegmentRecord> between(Handle handle, String streamId, long fromMs, long toMs, int most) {
        return segments(handle.createQuery(select() + """
                         WHERE stream = :stream AND start_ms < :to AND start_ms >= coalesce((SELECT max(start_ms) FROM segment
                            WHERE stream = :stream AND start_ms <= :from AND start_ms > 0), :from)
                        ORDER BY sequence LIMIT :most""")
                .bind("stream", streamId)
                .bind("from", fromMs)
                .bind("to", toMs)
                .bind("most", most));
    }

    static void putMedia(Handle handle, String streamId, String media) {
        handle.execute("UPDATE stream SET media = ? WHERE id = ?", media, streamId);
    }

    static String media(Handle handle, String streamId) {
        return handle.createQuery("SELECT media FROM stream WHERE id = ?")
                .bind(0, streamId)
                .mapTo(String.class)
                .findOne()
                .orElse("");
    }

    private static List<SegmentRecord> newest(Handle handle, String streamId, String which, int most) {
        List<SegmentRecord> newestFirst = segments(handle.createQuery(
                        select() + " WHERE stream = :stream " + which + " ORDER BY sequence DESC LIMIT :most")
                .bind("stream", streamId)
                .bind("most", most));
        Collections.reverse(newestFirst);
        return newestFirst;
    }

    /**
     * Of those of a stream that stand in the store the oldest that are past a limit.
     *
     * @param beforeMs stored before that; 0 for none
     * @param bytes beyond so many; 0 for none
     * @param count beyond so many; 0 for none
     */
    static List<SegmentRecord> expired(
            Handle handle, String streamId, long beforeMs, long bytes, long count, int most) {
        return segments(handle.createQuery("""
                        SELECT * FROM (
                            SELECT stream, sequence, state, key, changed_ms, bytes, facts, incomplete, place,
                                row_number() OVER newest AS nth, sum(bytes) OVER newest AS total
                            FROM segment WHERE stream = :stream AND state IN ('UPLOADED', 'LISTED', 'EVICTED')
                            WINDOW newest AS (ORDER BY sequence DESC))
                        WHERE changed_ms < :before OR (:bytes > 0 AND total > :bytes) OR (:count > 0 AND nth > :count)
                        ORDER BY sequence LIMIT :most""")
                .bind("stream", streamId)
                .bind("before", beforeMs)
                .bind("bytes", bytes)
                .bind("count", count)
                .bind("most", most));
    }

    /** The place up to which a reader has dealt with the log; -1 if it is new. */
    static long readerCursor(Handle handle, String name) {
        return handle.createQuery("SELECT cursor FROM reader WHERE name = ?")
                .bind(0, name)
                .mapTo(Long.class)
                .findOne()
                .orElse(-1L);
    }

    static void putReaderCursor(Handle handle, String name, long cursor) {
        handle.execute("""
                INSERT INTO reader (name, cursor) VALUES (?, ?)
                ON CONFLICT (name) DO UPDATE SET cursor = max(cursor, excluded.cursor)""", name, cursor);
    }

    /** Those of a stream that were uploaded, up to a number, stand in the manifest beside them. */
    static void list(Handle handle, String streamId, String keyPrefix, long upTo, long atMs) {
        handle.createUpdate("""
                        UPDATE segment SET state = 'LISTED', changed_ms = :at
                        WHERE stream = :stream AND state = 'UPLOADED' AND sequence <= :upTo
                            AND substr(key, 1, length(:prefix)) = :prefix
                            AND instr(substr(key, length(:prefix) + 1), '/') = 0""")
                .bind("at", atMs)
                .bind("stream", streamId)
                .bind("upTo", upTo)
                .bind("prefix", keyPrefix)
                .execute();
    }

    /** Those of a stream from a number on, oldest first. */
    static List<SegmentRecord> segments(Handle handle, String streamId, long fromSequence, int most) {
        return segments(handle.createQuery(
                        select() + " WHERE stream = :stream AND sequence >= :from ORDER BY sequence LIMIT :most")
                .bind("stream", streamId)
                .bind("from", fromSequence)
                .bind("most", most));
    }

    private static String select() {
        return "SELECT stream, sequence, state, key, changed_ms, " + FACTS + " FROM segment";
    }

    private static List<SegmentRecord> segments(Query query) {
        UnreadableRows unreadable = query.getConfig(UnreadableRows.class);
        List<SegmentRecord> segments = new ArrayList<>();
        query.map((row, context) -> readable(row, unreadable)).forEach(found -> found.ifPresent(segments::add));
        return segments;
    }

    /** Empty if not even its state can be told; of unknown facts, and at no place, if these cannot. */
    private static Optional<SegmentRecord> readable(ResultSet row, UnreadableRows unreadable) throws SQLException {
        try {
            return Optional.of(segment(row));
        } catch (IllegalArgumentException | ArithmeticException e) {
            unreadable.onRow("segment " + row.getLong("sequence") + " of " + row.getString("stream"), e);
        }
        SegmentFacts unknown = FactsText.unknown(row.getLong("sequence"), Math.max(0, row.getLong("bytes")));
        try {
            return Optional.of(segment(row, unknown, Place.NONE));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** The segment of a row; throws an {@link IllegalArgumentException} or {@link ArithmeticException} if that holds what it cannot. */
    static SegmentRecord segment(ResultSet row) throws SQLException {
        long bytes = row.getLong("bytes");
        SegmentFacts facts =
                FactFields.read(Fields.read(text(row, "facts")), row.getLong("sequence"), bytes, bytes / PACKET_BYTES);
        return segment(row, facts, Place.read(text(row, "place")));
    }

    private static SegmentRecord segment(ResultSet row, SegmentFacts facts, Place place) throws SQLException {
        return new SegmentRecord(
                text(row, "stream"),
                SegmentState.valueOf(text(row, "state")),
                facts,
                text(row, "key"),
                row.getBoolean("incomplete"),
                place,
                Instant.ofEpochMilli(row.getLong("changed_ms")));
    }

    private static String text(ResultSet row, String column) throws SQLException {
        String text = row.getString(column);
        if (text == null) {
            throw new IllegalArgumentException(column + " is missing");
        }
        return text;
    }

    /** Reads what {@code Recovery} will; throws an {@link IllegalArgumentException} of a row that holds what it cannot. */
    static void requireReadable(Handle handle) {
        streams(handle);
        overUnlisted(handle);
        handle.createQuery(select() + " WHERE state NOT IN ('EVICTED', 'REJECTED', 'EXPIRED', 'LOST')")
                .map((row, context) -> readable(row, context.getConfig(UnreadableRows.class)))
                .forEach(segment -> {});
    }

    static long addEvent(Handle handle, StreamEvent event) {
        EventText text = EventText.of(event);
        handle.createUpdate("INSERT INTO event (at_us, stream, type, fields) VALUES (:at, :stream, :type, :fields)")
                .bind("at", ChronoUnit.MICROS.between(Instant.EPOCH, event.at()))
                .bind("stream", event.streamId())
                .bind("type", text.type())
                .bind("fields", text.fields())
                .execute();
        return handle.createQuery("SELECT last_insert_rowid()")
                .mapTo(Long.class)
                .one();
    }

    /** Those behind a cursor, in order. A page of them that cannot be read is passed over, too. */
    static List<LoggedEvent> events(Handle handle, long afterCursor, int most) {
        List<LoggedEvent> events = new ArrayList<>();
        long[] seen = {afterCursor, 0};
        for (int rows = most; events.isEmpty() && rows == most; ) {
            Query query = handle.createQuery(
                            "SELECT cursor, at_us, stream, type, fields FROM event WHERE cursor > ? ORDER BY cursor LIMIT ?")
                    .bind(0, seen[0])
                    .bind(1, most);
            UnreadableRows unreadable = query.getConfig(UnreadableRows.class);
            rows = 0;
            for (Optional<LoggedEvent> found : query.map((row, context) -> {
                seen[0] = row.getLong("cursor");
                return readableEvent(row, seen[1], unreadable);
            })) {
                rows++;
                seen[1] = found.isPresent() ? 0 : seen[1] + 1;
                found.ifPresent(events::add);
            }
        }
        return events;
    }

    private static Optional<LoggedEvent> readableEvent(ResultSet row, long missing, UnreadableRows unreadable)
            throws SQLException {
        try {
            return Optional.of(new LoggedEvent(row.getLong("cursor"), event(row), missing));
        } catch (IllegalArgumentException | ArithmeticException e) {
            unreadable.onRow("event " + row.getLong("cursor"), e);
            return Optional.empty();
        }
    }

    /** The event of a row; throws an {@link IllegalArgumentException} or {@link ArithmeticException} if that holds what it cannot. */
    static StreamEvent event(ResultSet row) throws SQLException {
        return new EventText(text(row, "type"), text(row, "fields"))
                .toEvent(text(row, "stream"), Instant.EPOCH.plus(row.getLong("at_us"), ChronoUnit.MICROS));
    }

    static long lastCursor(Handle handle) {
        return handle.createQuery("SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = 'event'")
                .mapTo(Long.class)
                .one();
    }

    /** The cursor of the oldest event that is kept; one past the last if there is none. */
    static long firstCursor(Handle handle) {
        return handle.createQuery("SELECT min(cursor) FROM event")
                .mapTo(Long.class)
                .findOne()
                .orElseGet(() -> lastCursor(handle) + 1);
    }

    /** From now on cursors are above that one. */
    static void raiseCursor(Handle handle, long cursor) {
        if (handle.execute("UPDATE sqlite_sequence SET seq = max(seq, ?) WHERE name = 'event'", cursor) == 0) {
            handle.execute("INSERT INTO sqlite_sequence (name, seq) VALUES ('event', ?)", cursor);
        }
    }

    static void prune(Handle handle, LedgerLimits limits) {
        handle.execute(
                "DELETE FROM event WHERE cursor <= (SELECT cursor FROM event ORDER BY cursor DESC LIMIT 1 OFFSET ?)",
                limits.mostEvents());
        Forgotten.prune(handle, limits);
    }
}
