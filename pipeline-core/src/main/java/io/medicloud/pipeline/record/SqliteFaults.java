// SPDX-License-Identifier: Apache-2.0
package io.medicloud.pipeline.record;

import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/** What SQLite's failures mean: is the file damaged, can trying again help, or is it our own mistake? */
final class SqliteFaults {
    private static final int PRIMARY_CODE = 0xFF;

    private static final Set<SQLiteErrorCode> HEALING = Set.of(
            SQLiteErrorCode.SQLITE_BUSY,
            SQLiteErrorCode.SQLITE_LOCKED,
            SQLiteErrorCode.SQLITE_FULL,
            SQLiteErrorCode.SQLITE_IOERR,
            SQLiteErrorCode.SQLITE_READONLY,
            SQLiteErrorCode.SQLITE_CANTOPEN,
            SQLiteErrorCode.SQLITE_PERM,
            SQLiteErrorCode.SQLITE_NOMEM);

    private SqliteFaults() {}

    /** Are the file's bytes not those of a database, or not those that we wrote? */
    static boolean isDamage(Throwable failure) {
        SQLiteErrorCode code = codeOf(failure);
        return code == SQLiteErrorCode.SQLITE_CORRUPT || code == SQLiteErrorCode.SQLITE_NOTADB;
    }

    /** Can the same statement succeed later, when the disk, or who else uses it, is well again? */
    static boolean heals(Throwable failure) {
        SQLiteErrorCode code = codeOf(failure);
        return code != null && HEALING.contains(code);
    }

    /** In few words. */
    static String describe(Throwable failure) {
        SQLiteException cause = find(failure);
        return String.valueOf(cause == null ? failure.getMessage() : cause.getMessage());
    }

    private static @Nullable SQLiteErrorCode codeOf(Throwable failure) {
        SQLiteException cause = find(failure);
        return cause == null ? null : SQLiteErrorCode.getErrorCode(cause.getResultCode().code & PRIMARY_CODE);
    }

    private static @Nullable SQLiteException find(Throwable failure) {
        Throwable cause = failure;
        for (int depth = 0; cause != null && depth < 16; depth++) {
            if (cause instanceof SQLiteException found) {
                return found;
            }
            cause = cause.getCause();
        }
        return null;
    }
}
