// SPDX-License-Identifier: Apache-2.0
package io.medicloud.pipeline.spool;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What spools of version 0.1 kept in files of a stream's folder, and the record keeps now: the next number in the name of
 * {@code next-7}, the prefix of the keys in {@code prefix}. Read once, then deleted.
 *
 * @param nextSequence the highest that was found, 0 if none was
 * @param keyPrefix null if none was found
 */
public record OldMarkers(long nextSequence, @Nullable String keyPrefix) {
    private static final String NEXT = "next-";
    private static final String PREFIX = "prefix";

    /** Looks for them in a stream's folder. */
    public static OldMarkers find(StreamFolder folder) throws IOException {
        long next = 0;
        String prefix = null;
        for (Path entry : entries(folder)) {
            String name = entry.getFileName().toString();
            if (isNext(name)) {
                next = Math.max(next, Long.parseLong(name.substring(NEXT.length())));
            } else if (name.equals(PREFIX)) {
                prefix = Files.readString(entry, StandardCharsets.UTF_8);
            }
        }
        return new OldMarkers(next, prefix);
    }

    /** Deletes them; to be called once what they say is recorded. */
    public static void delete(StreamFolder folder) throws IOException {
        for (Path entry : entries(folder)) {
            String name = entry.getFileName().toString();
            if (isNext(name) || name.equals(PREFIX)) {
                Files.delete(entry);
            }
        }
    }

    private static boolean isNext(String name) {
        return name.matches(NEXT + "[0-9]{1,18}");
    }

    private static List<Path> entries(StreamFolder folder) throws IOException {
        try (Stream<Path> entries = Files.list(folder.path())) {
            return entries.filter(Files::isRegularFile).toList();
        }
    }
}
