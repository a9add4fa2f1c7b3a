// SPDX-License-Identifier: Apache-2.0
package io.medicloud.pipeline.spool;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * From which number on a stream's segments are of which owner, in the name of {@code epoch-3-from-7} in its folder: there before the first of
 * them begins. A segment that a crash leaves open may have been begun a moment before, so that nothing is recorded of it yet.
 *
 * @param epoch at least 1
 * @param from the number with which it begins
 */
record EpochMark(long epoch, long from) {
    private static final Pattern NAME = Pattern.compile("epoch-([0-9]{1,18})-from-([0-9]{1,18})");

    private String name() {
        return "epoch-" + epoch + "-from-" + from;
    }

    /** Makes it durable. Earlier ones go unless they are wanted still. */
    void write(StreamFolder folder, boolean keepsEarlier) throws IOException {
        Path file = folder.path().resolve(name());
        if (Files.notExists(file)) {
            Files.createFile(file);
        }
        for (EpochMark other : all(folder)) {
            if (!keepsEarlier && !other.equals(this)) {
                Files.deleteIfExists(folder.path().resolve(other.name()));
            }
        }
        folder.force();
    }

    /** Which owner a number's segment is of; 0 if that is not known. */
    static long epochOf(List<EpochMark> marks, long number) {
        return marks.stream()
                .filter(mark -> mark.from <= number)
                .max(Comparator.comparingLong(EpochMark::from).thenComparingLong(EpochMark::epoch))
                .map(EpochMark::epoch)
                .orElse(0L);
    }

    static List<EpochMark> all(StreamFolder folder) throws IOException {
        try (Stream<Path> entries = Files.list(folder.path())) {
            return entries.map(entry -> NAME.matcher(entry.getFileName().toString()))
                    .filter(Matcher::matches)
                    .map(name -> new EpochMark(Long.parseLong(name.group(1)), Long.parseLong(name.group(2))))
                    .toList();
        }
    }

    /** Nothing is open any more. */
    static void deleteAll(StreamFolder folder) throws IOException {
        for (EpochMark mark : all(folder)) {
            Files.deleteIfExists(folder.path().resolve(mark.name()));
        }
    }
}
