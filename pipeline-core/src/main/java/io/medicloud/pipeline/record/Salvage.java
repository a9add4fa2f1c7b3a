// SPDX-License-Identifier: Apache-2.0
package io.medicloud.pipeline.record;

import java.nio.file.Path;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.StringJoiner;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.JdbiException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Copies into a new database what can still be read of a damaged one: row by row, from both ends of each table. */
final class Salvage {
    private static final Logger LOG = LoggerFactory.getLogger(Salvage.class);
    /** Every table, those that others refer to first. */
    static final List<String> TABLES =
            List.of("stream", "setting", "retention", "segment", "forgotten", "reader", "event");

    private static final long CURSORS_PER_MS = 1000;

    private Salvage() {}

    /** @param damaged null if there is nothing to be read */
    static void copy(@Nullable Path damaged, Handle to, Instant now) {
        to.execute("BEGIN IMMEDIATE");
        if (damaged != null) {
            copy(damaged, to);
        }
        to.execute("UPDATE stream SET list_unread = 1");
        // Cursors that somebody holds may be above those that could be read: go on where none can have been.
        Tables.raiseCursor(to, now.toEpochMilli() * CURSORS_PER_MS);
        to.execute("COMMIT");
    }

    private static void copy(Path damaged, Handle to) {
        try (Handle from = LedgerFile.databaseOf(damaged).open()) {
            for (String table : TABLES) {
                long rows = copyFrom(from, to, table, "ASC") + copyFrom(from, to, table, "DESC");
                LOG.warn("{} rows of {} were read from {}", rows, table, damaged);
            }
        } catch (JdbiException e) {
            LOG.warn("nothing can be read from {}: {}", damaged, SqliteFaults.describe(e));
        }
    }

    /** How many rows were new. */
    private static long copyFrom(Handle from, Handle to, String table, String direction) {
        long rows = 0;
        long unreadable = 0;
        try (Statement read = from.getConnection().createStatement();
                ResultSet row = read.executeQuery("SELECT * FROM " + table + " ORDER BY 1 " + direction);
                PreparedStatement write = insertInto(to, table, row.getMetaData())) {
            int columns = row.getMetaData().getColumnCount();
            while (row.next()) {
                if (!isReadable(table, row)) {
                    unreadable++;
                    continue;
                }
                for (int column = 1; column <= columns; column++) {
                    write.setObject(column, row.getObject(column));
                }
                rows += write.executeUpdate();
            }
        } catch (SQLException e) {
            LOG.warn("{} of the damaged record cannot be read to its end: {}", table, SqliteFaults.describe(e));
        }
        if (unreadable > 0) {
            LOG.warn("{} rows of {} hold what they cannot, and are left out", unreadable, table);
        }
        return rows;
    }

    /** False of one that holds what nobody of us can have written. */
    private static boolean isReadable(String table, ResultSet row) {
        try {
            if ("segment".equals(table)) {
                Tables.segment(row);
            } else if ("event".equals(table)) {
                Tables.event(row);
            }
            return true;
        } catch (IllegalArgumentException | ArithmeticException e) {
            LOG.debug("A row of {} is left out", table, e);
            return false;
        } catch (SQLException e) {
            LOG.debug("A row of {} of an older schema", table, e);
            return true;
        }
    }

    private static PreparedStatement insertInto(Handle to, String table, ResultSetMetaData columns)
            throws SQLException {
        StringJoiner names = new StringJoiner(", ", "(", ")");
        for (int column = 1; column <= columns.getColumnCount(); column++) {
            names.add(columns.getColumnName(column));
        }
        String marks = String.join(", ", Collections.nCopies(columns.getColumnCount(), "?"));
        return to.getConnection()
                .prepareStatement("INSERT OR IGNORE INTO " + table + " " + names + " VALUES (" + marks + ")");
    }
}
