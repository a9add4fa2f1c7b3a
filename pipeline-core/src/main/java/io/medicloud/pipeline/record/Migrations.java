// SPDX-License-Identifier: Apache-2.0
package io.medicloud.pipeline.record;

import java.util.List;
import org.jdbi.v3.core.Handle;

/**
 * The schema, as the steps that lead to it: a database of version n gets the steps from n on, in one transaction (whoever fails within it closes the handle). A step
 * that was released is never changed; what is new is a new step. The version is SQLite's {@code user_version}.
 */
final class Migrations {
    private static final List<String> STEPS = List.of("""
            CREATE TABLE stream (
                id TEXT NOT NULL PRIMARY KEY,
                key_prefix TEXT NOT NULL,
                next_sequence INTEGER NOT NULL,
                wanted INTEGER NOT NULL DEFAULT 0
            ) STRICT;
            CREATE TABLE setting (
                stream TEXT NOT NULL REFERENCES stream (id) ON DELETE CASCADE,
                name TEXT NOT NULL,
                value TEXT NOT NULL,
                PRIMARY KEY (stream, name)
            ) STRICT, WITHOUT ROWID;
            CREATE TABLE segment (
                id INTEGER PRIMARY KEY,
                stream TEXT NOT NULL,
                sequence INTEGER NOT NULL,
                state TEXT NOT NULL,
                key TEXT NOT NULL DEFAULT '',
                bytes INTEGER NOT NULL DEFAULT 0,
                facts TEXT NOT NULL DEFAULT '',
                incomplete INTEGER NOT NULL DEFAULT 0,
                changed_ms INTEGER NOT NULL,
                UNIQUE (stream, sequence)
            ) STRICT;
            CREATE INDEX segment_unfinished ON segment (stream, sequence)
                WHERE state NOT IN ('EVICTED', 'REJECTED', 'LOST');
            CREATE TABLE event (
                cursor INTEGER PRIMARY KEY AUTOINCREMENT,
                at_us INTEGER NOT NULL,
                stream TEXT NOT NULL,
                type TEXT NOT NULL,
                fields TEXT NOT NULL
            ) STRICT;
            """, """
            DROP INDEX segment_unfinished;
            CREATE INDEX segment_unfinished ON segment (stream, sequence)
                WHERE state NOT IN ('EVICTED', 'REJECTED', 'EXPIRED', 'LOST');
            CREATE TABLE reader (
                name TEXT NOT NULL PRIMARY KEY,
                cursor INTEGER NOT NULL
            ) STRICT;
            """, """
            CREATE TABLE retention (
                stream TEXT NOT NULL PRIMARY KEY,
                age_ms INTEGER NOT NULL,
                bytes INTEGER NOT NULL,
                count INTEGER NOT NULL
            ) STRICT;
            """, """
            ALTER TABLE segment ADD COLUMN place TEXT NOT NULL DEFAULT '';
            ALTER TABLE segment ADD COLUMN start_ms INTEGER NOT NULL DEFAULT 0;
            CREATE INDEX segment_start ON segment (stream, start_ms);
            ALTER TABLE stream ADD COLUMN media TEXT NOT NULL DEFAULT '';
            """, """
            CREATE TABLE forgotten (
                stream TEXT NOT NULL,
                key_prefix TEXT NOT NULL,
                day INTEGER NOT NULL,
                first INTEGER NOT NULL,
                last INTEGER NOT NULL,
                count INTEGER NOT NULL,
                bytes INTEGER NOT NULL,
                newest_ms INTEGER NOT NULL,
                PRIMARY KEY (stream, key_prefix, day)
            ) STRICT, WITHOUT ROWID;
            """, """
            ALTER TABLE stream ADD COLUMN over_listed INTEGER NOT NULL DEFAULT 1;
            ALTER TABLE stream ADD COLUMN list_unread INTEGER NOT NULL DEFAULT 0;
            """);

    private Migrations() {}

    /** The version that this program writes. */
    static int current() {
        return STEPS.size();
    }

    static int versionOf(Handle handle) {
        return handle.createQuery("PRAGMA user_version").mapTo(Integer.class).one();
    }

    /** Brings an older database, or an empty one, to the current version; whole or not at all. */
    static void migrate(Handle handle) {
        int version = versionOf(handle);
        if (version == current()) {
            return;
        }
        handle.execute("BEGIN IMMEDIATE");
        for (String step : STEPS.subList(version, current())) {
            for (String statement : step.split(";\n", 0)) {
                handle.execute(statement);
            }
        }
        handle.execute("PRAGMA user_version = " + current());
        handle.execute("COMMIT");
    }
}
