// SPDX-License-Identifier: Apache-2.0
package io.medicloud.pipeline.record;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.List;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteConfig.JournalMode;
import org.sqlite.SQLiteConfig.SynchronousMode;
import org.sqlite.SQLiteConfig.TransactionMode;
import org.sqlite.SQLiteDataSource;

/** The database's file: opened, checked, brought to the current schema; put aside and made anew if it is damaged. */
final class LedgerFile {
    private static final Logger LOG = LoggerFactory.getLogger(LedgerFile.class);
    private static final List<String> COMPANIONS = List.of("", "-wal", "-shm");
    private static final int BUSY_MS = 1000;
    /** What is checked in a fraction of a second. */
    private static final long MOST_CHECKED = 64 << 20;

    private static final int MOST_LEFT_IN_WAL = 4 << 20;

    private LedgerFile() {}

    /**
     * A database that can be used.
     *
     * @param writer its one connection that writes
     * @param damage what was wrong with the one that was found and is now aside, or null
     */
    record Opened(Jdbi database, Handle writer, @Nullable String damage) {}

    /** Opens it, or makes it. Throws with a message that says what is wrong and what can be done. */
    static Opened open(Path file, Instant now) throws IOException {
        Jdbi database = databaseOf(file);
        try {
            return new Opened(database, openSound(database, file), null);
        } catch (JdbiException e) {
            if (!SqliteFaults.isDamage(e)) {
                throw new IOException("cannot open the record " + file + ": " + SqliteFaults.describe(e), e);
            }
            return replace(database, file, now, SqliteFaults.describe(e));
        } catch (DamageException e) {
            return replace(database, file, now, String.valueOf(e.getMessage()));
        }
    }

    /** What SQLite's own check found. */
    private static final class DamageException extends Exception {
        private static final long serialVersionUID = 1;

        DamageException(String found) {
            super(found);
        }
    }

    static Jdbi databaseOf(Path file) {
        SQLiteConfig config = new SQLiteConfig();
        config.setJournalMode(JournalMode.WAL);
        config.setSynchronous(SynchronousMode.FULL);
        config.setTransactionMode(TransactionMode.IMMEDIATE);
        config.setBusyTimeout(BUSY_MS);
        config.setJournalSizeLimit(MOST_LEFT_IN_WAL);
        config.enforceForeignKeys(true);
        SQLiteDataSource source = new SQLiteDataSource(config);
        // As a URI, so that no character of the path is taken for something else.
        source.setUrl("jdbc:sqlite:" + file.toUri());
        return Jdbi.create(source);
    }

    private static Handle openSound(Jdbi database, Path file) throws IOException, DamageException {
        Handle handle = database.open();
        boolean isSound = false;
        try {
            int version = Migrations.versionOf(handle);
            if (version > Migrations.current()) {
                throw new IOException("the record " + file + " was written by a newer version of this program (schema "
                        + version + ", this one knows " + Migrations.current()
                        + "): run the newer version, or move the file away");
            }
            check(handle, file);
            Migrations.migrate(handle);
            requireTables(handle);
            isSound = true;
            return handle;
        } finally {
            if (!isSound) {
                handle.close();
            }
        }
    }

    /** A long record is not read to its end before the service starts: its damage is found where it is met. */
    private static void check(Handle handle, Path file) throws IOException, DamageException {
        if (Files.size(file) > MOST_CHECKED) {
            LOG.info("{} is too long to be checked as a whole", file);
            return;
        }
        String found =
                handle.createQuery("PRAGMA quick_check(1)").mapTo(String.class).one();
        if (!"ok".equals(found)) {
            throw new DamageException(found.replaceAll("\\s+", " "));
        }
    }

    private static void requireTables(Handle handle) throws DamageException {
        for (String table : Salvage.TABLES) {
            try {
                handle.execute("SELECT 1 FROM " + table + " LIMIT 0");
            } catch (JdbiException e) {
                throw new DamageException(SqliteFaults.describe(e));
            }
        }
    }

    private static Opened replace(Jdbi database, Path file, Instant now, String found) throws IOException {
        Path aside = file.resolveSibling(file.getFileName() + ".damaged-" + now.toEpochMilli());
        for (String companion : COMPANIONS) {
            Path part = file.resolveSibling(file.getFileName() + companion);
            if (Files.exists(part)) {
                Files.move(part, aside.resolveSibling(aside.getFileName() + companion), StandardCopyOption.ATOMIC_MOVE);
            }
        }
        String damage = "the record was damaged (" + found + "); it is kept as " + aside;
        LOG.error("{}; what can be read of it, and the spool, make a new one", damage);
        try {
            Handle handle = openSound(database, file);
            Salvage.copy(aside, handle, now);
            return new Opened(database, handle, damage);
        } catch (JdbiException | DamageException e) {
            throw new IOException("cannot make a new record " + file + ": " + SqliteFaults.describe(e), e);
        }
    }
}
