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

    /** So many measurements apart the files are looked at where there is no limit to their bytes. */
    private static final int UNLIMITED_EVERY = 10;

    private final Path root;
    private final DiskLimits limits;
    private final Space disk;
    private volatile @Nullable String limit;
    private volatile @Nullable String reason;
    private volatile long bytes;
    private volatile long free;
    private volatile long total;
    private volatile long least;
    private long excess;
    private int measured;

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

    /** Measures; true if it is full. Asked for each second or so. */
    public boolean measure() throws IOException {
        // Each file is looked at: seldom where nothing hangs on it.
        if (limits.mostBytes() > 0 || measured++ % UNLIMITED_EVERY == 0) {
            bytes = bytesIn(root);
        }
        free = disk.usable();
        total = disk.total();
        least = Math.min(limits.leastFree(), total / 2);
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

    /** How many bytes the streams' files had when they were last looked at: with each measurement, or with every tenth where there is no limit to them; any thread may ask. */
    public long bytes() {
        return bytes;
    }

    /** How many bytes were free then; any thread may ask. */
    public long freeBytes() {
        return free;
    }

    /** How many bytes the disk has; any thread may ask. */
    public long totalBytes() {
        return total;
    }

    /** How many bytes must be free: what is configured, or half of the disk where that is less; 0 before it is measured. Any thread may ask. */
    public long leastFreeBytes() {
        return least;
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
