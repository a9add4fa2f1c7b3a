// SPDX-License-Identifier: Apache-2.0
package io.medicloud.pipeline.spool;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import org.jspecify.annotations.Nullable;

/**
 * Measures how full the spool's disk is. Full past a high mark, and until a low one is reached again, so that it does not change its mind with
 * every segment. Belongs to one thread, but for {@link #reason}.
 */
public final class DiskWatermarks {
    /** The name of the limit to the spool's bytes. */
    public static final String MOST_BYTES = "spool.maxBytes";
    /** The name of the limit to the free space. */
    public static final String LEAST_FREE = "spool.minFree";

    /** The space of a disk, in bytes. */
    interface Space {
        long usable() throws IOException;

        long total() throws IOException;
    }

    private final Path root;
    private final DiskLimits limits;
    private final Space disk;
    private volatile @Nullable String limit;
    private volatile @Nullable String reason;
    private volatile long bytes;
    private volatile long free;
    private long excess;

    DiskWatermarks(Path root, DiskLimits limits, Space disk) {
        this.root = root;
        this.limits = limits;
        this.disk = disk;
    }

    /** Of the disk that a folder is on when it is measured. */
    static Space of(Path root) {
        return new Space() {
            @Override
            public long usable() throws IOException {
                return Files.getFileStore(root).getUsableSpace();
            }

            @Override
            public long total() throws IOException {
                return Files.getFileStore(root).getTotalSpace();
            }
        };
    }

    /** Measures; true if it is full. */
    public boolean measure() throws IOException {
        // Each file is looked at: only if it matters.
        bytes = limits.mostBytes() == 0 ? 0 : bytesIn(root);
        free = disk.usable();
        long least = Math.min(limits.leastFree(), disk.total() / 2);
        long mostBytes = limits.mostBytes() - (MOST_BYTES.equals(limit) ? limits.mostBytes() / 10 : 0);
        long leastFree = least + (LEAST_FREE.equals(limit) ? least / 10 : 0);
        if (limits.mostBytes() > 0 && bytes > mostBytes) {
            excess = bytes - (limits.mostBytes() - limits.mostBytes() / 10);
            limit = MOST_BYTES;
            reason = "the spool holds " + bytes + " bytes, " + limits.mostBytes() + " may be held";
        } else if (free < leastFree) {
            excess = least + least / 10 - free;
            limit = LEAST_FREE;
            reason = free + " bytes are free on the spool's disk, " + least + " must be";
        } else {
            excess = 0;
            limit = null;
            reason = null;
        }
        return reason != null;
    }

    /** Why it is full, in one line, or null; any thread may ask. */
    public @Nullable String reason() {
        return reason;
    }

    /** The name of the limit that was passed, or null; any thread may ask. */
    public @Nullable String limit() {
        return limit;
    }

    /** How many bytes the streams' files had when it was last measured, 0 where that is not limited; any thread may ask. */
    public long bytes() {
        return bytes;
    }

    /** How many bytes were free then; any thread may ask. */
    public long freeBytes() {
        return free;
    }

    /** How many bytes must go before it is not full any more. */
    public long excess() {
        return excess;
    }

    /** What streams have there: the record and the lock beside their folders cannot be made less. */
    private static long bytesIn(Path root) throws IOException {
        long[] bytes = new long[1];
        Files.walkFileTree(root, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                boolean isStreams = !root.equals(file.getParent());
                bytes[0] += isStreams && attributes.isRegularFile() ? attributes.size() : 0;
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException why) {
                // Deleted while we look.
                return FileVisitResult.CONTINUE;
            }
        });
        return bytes[0];
    }
}
