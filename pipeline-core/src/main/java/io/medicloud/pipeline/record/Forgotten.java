// SPDX-License-Identifier: Apache-2.0
package io.medicloud.pipeline.record;

import java.util.List;
import org.jdbi.v3.core.Handle;

/** The statements about segments that stand in the store and are known by the day alone: what of a long record is left when it is cut. */
final class Forgotten {
    /** Of an EVICTED segment, whose key is a prefix and a name: all up to the last slash. */
    private static final String PREFIX_OF_KEY = "rtrim(key, replace(key, '/', ''))";

    private static final long MS_PER_DAY = 86_400_000;

    private Forgotten() {}

    /** Cuts the record of segments: the oldest go for which nothing is left to do, and which no retention has to know. */
    static void prune(Handle handle, LedgerLimits limits) {
        handle.execute("""
                DELETE FROM segment WHERE id <= (SELECT max(id) FROM segment) - ?
                    AND state IN ('REJECTED', 'EXPIRED', 'LOST')""", limits.mostSegments());
        if (!limits.forgetsStored()) {
            return;
        }
        String old = "id <= (SELECT max(id) FROM segment) - ? AND state = 'EVICTED'"
                + " AND stream NOT IN (SELECT stream FROM retention)";
        handle.execute("""
                INSERT INTO forgotten (stream, key_prefix, day, first, last, count, bytes, newest_ms)
                SELECT stream, %1$s, changed_ms / %2$d, min(sequence), max(sequence), count(*), sum(bytes), max(changed_ms)
                FROM segment WHERE %3$s GROUP BY 1, 2, 3
                ON CONFLICT (stream, key_prefix, day) DO UPDATE SET first = min(first, excluded.first),
                    last = max(last, excluded.last), count = count + excluded.count, bytes = bytes + excluded.bytes,
                    newest_ms = max(newest_ms, excluded.newest_ms)""".formatted(PREFIX_OF_KEY, MS_PER_DAY, old), limits.mostSegments());
        handle.execute("DELETE FROM segment WHERE " + old, limits.mostSegments());
    }

    /** Those of a stream, oldest first. */
    static List<ForgottenSegments> of(Handle handle, String streamId) {
        return handle.createQuery("""
                        SELECT stream, key_prefix, day, first, last, count, bytes, newest_ms FROM forgotten
                        WHERE stream = ? ORDER BY day, first""")
                .bind(0, streamId)
                .map((row, context) -> new ForgottenSegments(
                        row.getString(1),
                        row.getString(2),
                        row.getLong(3),
                        row.getLong(4),
                        row.getLong(5),
                        row.getLong(6),
                        row.getLong(7),
                        row.getLong(8)))
                .list();
    }

    /** Those up to a number are gone from the store; what is left of them begins behind it. */
    static void expire(Handle handle, ForgottenSegments segments, long upTo) {
        if (upTo >= segments.last()) {
            handle.execute(
                    "DELETE FROM forgotten WHERE stream = ? AND key_prefix = ? AND day = ?",
                    segments.streamId(),
                    segments.keyPrefix(),
                    segments.day());
            return;
        }
        // As if all were there, and of one length.
        long gone = Math.min(segments.count() - 1, upTo - segments.first() + 1);
        handle.execute(
                "UPDATE forgotten SET first = ?, count = count - ?, bytes = bytes - ? WHERE stream = ? AND key_prefix = ? AND day = ?",
                upTo + 1,
                gone,
                segments.bytes() / segments.count() * gone,
                segments.streamId(),
                segments.keyPrefix(),
                segments.day());
    }

    /** How many segments of a stream the record has each for itself that stand in the store, and their bytes. */
    static StoredSum stored(Handle handle, String streamId) {
        return handle.createQuery("""
                        SELECT count(*), coalesce(sum(bytes), 0) FROM segment
                        WHERE stream = ? AND state IN ('UPLOADED', 'LISTED', 'EVICTED')""")
                .bind(0, streamId)
                .map((row, context) -> new StoredSum(row.getLong(1), row.getLong(2)))
                .one();
    }
}
