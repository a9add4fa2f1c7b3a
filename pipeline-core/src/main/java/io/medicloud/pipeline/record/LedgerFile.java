// SPDX-License-Identifier: Apache-2.0
package io.medicloud.pipeline.record;

import io.medicloud.pipeline.store.ObjectKeys;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
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
        String known = new DamageMark(file).found();
        if (isMissing(file) && (known != null || isMissed(file))) {
            // Not opened before: SQLite deletes the log beside an empty file.
            String found = Files.exists(file) ? "it is empty" : "it is gone";
            return replace(database, file, now, known == null ? found : known);
        }
        try {
            return new Opened(database, openSound(database, file, known), null);
        } catch (JdbiException e) {
            if (!SqliteFaults.isDamage(e)) {
                throw new IOException("cannot open the record " + file + ": " + SqliteFaults.describe(e), e);
            }
            return replace(database, file, now, SqliteFaults.describe(e));
        } catch (DamageException e) {
            return replace(database, file, now, String.valueOf(e.getMessage()));
        }
    }

    private static boolean isMissing(Path file) throws IOException {
        return Files.notExists(file) || Files.size(file) == 0;
    }

    /** Was there one? A new installation has no streams. */
    private static boolean isMissed(Path file) throws IOException {
        if (Files.exists(withEnding(file, "-wal"))) {
            return true;
        }
        try (Stream<Path> entries = Files.list(file.toAbsolutePath().getParent())) {
            return entries.anyMatch(
                    entry -> ObjectKeys.isName(entry.getFileName().toString())
                            && Files.isDirectory(entry, LinkOption.NOFOLLOW_LINKS));
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

    /** @param known what is known to be wrong with it, or null */
    private static Handle openSound(Jdbi database, Path file, @Nullable String known)
            throws IOException, DamageException {
        Handle handle = database.open();
        boolean isSound = false;
        try {
            int version = Migrations.versionOf(handle);
            if (version > Migrations.current()) {
                throw new IOException("the record " + file + " was written by a newer version of this program (schema "
                        + version + ", this one knows " + Migrations.current()
                        + "): run the newer version, or move the file away");
            }
            if (known != null) {
                throw new DamageException(known);
            }
            check(handle, file);
            Migrations.migrate(handle);
            requireTables(handle);
            requireReadable(handle);
            isSound = true;
            return handle;
        } finally {
            if (!isSound) {
                handle.close();
            }
        }
    }

    /** A long record is not read to its end before the service starts: damage that is met later leaves a {@link DamageMark}. */
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

    /** What a start reads can be read: other rows are passed over where they cannot, and these would stop each start. */
    private static void requireReadable(Handle handle) throws DamageException {
        try {
            Tables.requireReadable(handle);
        } catch (IllegalArgumentException e) {
            throw new DamageException(String.valueOf(e.getMessage()));
        }
    }

    private static Opened replace(Jdbi database, Path file, Instant now, String found) throws IOException {
        DamageMark mark = new DamageMark(file);
        // Until there is a new one: who is killed on the way begins again.
        mark.leave(found);
        Path aside = file.resolveSibling(file.getFileName() + ".damaged-" + now.toEpochMilli());
        Path made = file.resolveSibling(file.getFileName() + ".new");
        boolean isThere = Files.exists(file) || Files.exists(withEnding(file, "-wal"));
        String damage = "the record was damaged (" + found + ")" + (isThere ? "; it is kept as " + aside : "");
        LOG.error("{}; what can be read of it, and the spool, make a new one", damage);
        try {
            if (Files.exists(file) || Files.notExists(made) || Files.exists(withEnding(made, "-wal"))) {
                makeNew(made, file, now);
            } // else a process was killed between the two
            move(file, aside);
            move(made, file);
            Handle handle = openSound(database, file, null);
            mark.delete();
            return new Opened(database, handle, damage);
        } catch (JdbiException | DamageException e) {
            throw new IOException("cannot make a new record " + file + ": " + SqliteFaults.describe(e), e);
        }
    }

    private static void makeNew(Path made, Path damaged, Instant now) throws IOException, DamageException {
        for (String companion : COMPANIONS) {
            Files.deleteIfExists(withEnding(made, companion));
        }
        try (Handle handle = openSound(databaseOf(made), made, null)) {
            Salvage.copy(isMissing(damaged) ? null : damaged, handle, now);
        }
    }

    private static void move(Path from, Path to) throws IOException {
        for (String companion : COMPANIONS) {
            Path part = withEnding(from, companion);
            if (Files.exists(part)) {
                Files.move(part, withEnding(to, companion), StandardCopyOption.ATOMIC_MOVE);
            }
        }
    }

    private static Path withEnding(Path file, String ending) {
        return file.resolveSibling(file.getFileName() + ending);
    }
}
