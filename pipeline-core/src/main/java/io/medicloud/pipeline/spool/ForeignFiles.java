// SPDX-License-Identifier: Apache-2.0
package io.medicloud.pipeline.spool;

import io.medicloud.pipeline.store.ObjectKeys;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What lies in a spool and is not called as anything of ours is: it is left alone, and told. */
public final class ForeignFiles {
    /** Names that are told; the others are counted. */
    private static final int MOST_NAMES = 5;

    private static final int LONGEST_NAME = 80;
    private static final Pattern OURS_IN_ROOT = Pattern.compile("\\.lock|\\.reserve|record\\.db.*");
    private static final Pattern OURS_IN_STREAM =
            Pattern.compile("segment_\\d{4,}\\.ts(\\.part|\\.facts)?|rejected|prefix|next-\\d+|epoch-\\d+-from-\\d+"
                    + "|\\.?(segment_\\d{4,}\\.jpg|sprite_\\d+\\.jpg|sprite\\.vtt)");

    private final Path root;
    private final List<String> names = new ArrayList<>();
    private long count;

    private ForeignFiles(Path root) {
        this.root = root;
    }

    /** One line that names them, empty if there are none. */
    public static String describe(Path root) throws IOException {
        ForeignFiles found = new ForeignFiles(root);
        found.look(root, OURS_IN_ROOT);
        if (found.count == 0) {
            return "";
        }
        long more = found.count - found.names.size();
        return "in the spool " + root + " lies what is not ours and is left alone: " + String.join(", ", found.names)
                + (more > 0 ? " and " + more + " more" : "");
    }

    private void look(Path folder, Pattern ours) throws IOException {
        boolean isRoot = folder.equals(root);
        List<Path> streams = new ArrayList<>();
        try (Stream<Path> entries = Files.list(folder)) {
            entries.forEach(entry -> {
                String name = entry.getFileName().toString();
                if (isRoot && ObjectKeys.isName(name) && Files.isDirectory(entry, LinkOption.NOFOLLOW_LINKS)) {
                    streams.add(entry);
                } else if (!ours.matcher(name).matches()) {
                    add(entry);
                }
            });
        }
        for (Path stream : streams) {
            if (Files.isReadable(stream)) {
                look(stream, OURS_IN_STREAM);
            } else {
                add(stream);
            }
        }
    }

    private void add(Path entry) {
        count++;
        if (names.size() < MOST_NAMES) {
            String name = root.relativize(entry).toString().replaceAll("\\p{C}", "?");
            names.add(name.length() > LONGEST_NAME ? name.substring(0, LONGEST_NAME) + "…" : name);
        }
    }
}
