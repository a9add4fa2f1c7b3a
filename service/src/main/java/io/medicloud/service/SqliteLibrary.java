// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sqlite.SQLiteJDBCLoader;

/** Where the library of SQLite stands while the service runs. Its driver unpacks it, and a process that is killed leaves it there. */
final class SqliteLibrary {
    private static final Logger LOG = LoggerFactory.getLogger(SqliteLibrary.class);
    private static final String PLACE = "org.sqlite.tmpdir";
    private static final String UNPACKED = "org.sqlite.lib.path";

    private SqliteLibrary() {}

    /**
     * Has it unpacked in a folder that is the service's own, from which what others left is deleted; unless it is said already where it is. One that cannot be written to, or from which nothing can be run, is left for the folder of
     * temporary files, with a line in the log. A process has one library: the first call counts.
     */
    static synchronized void unpackTo(Path folder) {
        if (System.getProperty(PLACE) != null || System.getProperty(UNPACKED) != null) {
            return;
        }
        try {
            // Where it cannot, neither can the spool, which says what to do.
            Files.createDirectories(folder);
            clean(folder);
            System.setProperty(PLACE, folder.toString());
            boolean unused = SQLiteJDBCLoader.initialize();
        } catch (Exception e) {
            System.clearProperty(PLACE);
            LOG.warn(
                    "the library of SQLite cannot be run from {}, but from the folder of temporary files: {}",
                    folder,
                    e.toString());
        }
    }

    private static void clean(Path folder) throws IOException {
        try (DirectoryStream<Path> left = Files.newDirectoryStream(folder, "sqlite-*")) {
            for (Path file : left) {
                Files.deleteIfExists(file);
            }
        }
    }
}
