// SPDX-License-Identifier: Apache-2.0
package io.medicloud.pipeline.spool;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.SplittableRandom;

/**
 * A file in the spool that holds space for the time when there is none: it is given free when the disk is full, for the record and for the ends of the segments
 * that are open, while no received byte is written. Made anew once there is room for it, and as much again. Thread-safe.
 */
public final class DiskReserve {
    /** The name of its limit. */
    public static final String RESERVE = "spool.reserve";

    private static final String NAME = ".reserve";
    /** With less than this free the disk counts as full: a commit of the record may need so much. */
    private static final long FULL = 1 << 20;

    private static final int SMALLEST_PART = 8;
    private static final int PIECE = 64 << 10;

    /** How much a disk has. */
    interface Disk {
        long usable() throws IOException;

        long total() throws IOException;
    }

    private final Path file;
    private final Disk disk;
    private long bytes;
    private volatile boolean isReleased;

    /** Holds nothing yet. */
    DiskReserve(Path root, Disk disk) {
        this.file = root.resolve(NAME);
        this.disk = disk;
    }

    static Disk diskOf(Path folder) throws IOException {
        FileStore store = Files.getFileStore(folder);
        return new Disk() {
            @Override
            public long usable() throws IOException {
                return store.getUsableSpace();
            }

            @Override
            public long total() throws IOException {
                return store.getTotalSpace();
            }
        };
    }

    /**
     * Holds so much from now on, or an eighth of a small disk; what an earlier process held is taken over. A disk that is full already is no error.
     *
     * @param most 0 for none
     */
    public synchronized void hold(long most) throws IOException {
        bytes = Math.min(most, disk.total() / SMALLEST_PART);
        if (bytes > 0 && Files.exists(file) && Files.size(file) == bytes) {
            releaseIfFull();
            return;
        }
        Files.deleteIfExists(file);
        isReleased = bytes > 0;
        restore();
    }

    /** The disk is full and the space given free: nothing but the record, and the ends of segments, is to be written. */
    public boolean isReleased() {
        return isReleased;
    }

    /** How much it holds; of which nothing while {@link #isReleased}. */
    public synchronized long bytes() {
        return bytes;
    }

    /** Gives the space free if the disk is full. */
    public synchronized void releaseIfFull() throws IOException {
        if (bytes == 0 || isReleased || disk.usable() >= FULL) {
            return;
        }
        isReleased = true;
        Files.delete(file);
        Spool.LOG.warn("{}: the spool's disk is full, {} bytes are given free for the record", RESERVE, bytes);
    }

    /** A write failed: perhaps because the disk is full. */
    void onFailure() {
        try {
            releaseIfFull();
        } catch (IOException e) {
            Spool.LOG.warn("{}: cannot be given free: {}", file, Failures.describe(e));
        }
    }

    /** Holds the space again if there is room for it and as much again. */
    public synchronized void restore() throws IOException {
        if (!isReleased || disk.usable() < 2 * Math.max(bytes, FULL)) {
            return;
        }
        try {
            write();
            isReleased = false;
        } finally {
            if (isReleased) {
                Files.deleteIfExists(file);
            }
        }
    }

    /** Not zeros: some file systems keep none of those. */
    private void write() throws IOException {
        SplittableRandom random = new SplittableRandom(bytes);
        byte[] piece = new byte[PIECE];
        try (FileChannel channel = FileChannel.open(
                file, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING)) {
            for (long left = bytes; left > 0; ) {
                random.nextBytes(piece);
                ByteBuffer next = ByteBuffer.wrap(piece, 0, (int) Math.min(left, PIECE));
                while (next.hasRemaining()) {
                    left -= channel.write(next);
                }
            }
        }
    }
}
