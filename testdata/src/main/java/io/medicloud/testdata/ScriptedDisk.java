// SPDX-License-Identifier: Apache-2.0
package io.medicloud.testdata;

import io.netty.util.internal.PlatformDependent;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;

/** Real files whose writes stall or fail on cue, and are remembered by where in memory they came from. */
public final class ScriptedDisk {
    /** A piece of direct memory that was written. */
    public record Written(long address, int bytes) {}

    private final List<Channel> files = new CopyOnWriteArrayList<>();
    private final List<Written> written = new ArrayList<>();
    private final AtomicLong bytesUntilFull = new AtomicLong(Long.MAX_VALUE);
    private volatile CountDownLatch stall = new CountDownLatch(0);
    private volatile boolean refusing;

    public FileChannel open(Path part) throws IOException {
        if (refusing) {
            throw new FileSystemException(part.toString(), null, "Read-only file system");
        }
        Channel file =
                new Channel(part, FileChannel.open(part, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE));
        files.add(file);
        return file;
    }

    /** Writes wait until {@link #goOn()}. */
    public void stall() {
        stall = new CountDownLatch(1);
    }

    public void goOn() {
        stall.countDown();
    }

    /** After so many bytes there is no space left. */
    public void fillAfter(long bytes) {
        bytesUntilFull.set(bytes);
    }

    /** Cuts the power: of every file that was opened here is left what had been forced to disk. */
    public void cutPower() throws IOException {
        for (Channel file : files) {
            file.cut();
        }
    }

    /** How much was forced to disk, of all files. */
    public long forcedBytes() {
        return files.stream().mapToLong(file -> file.forced).sum();
    }

    /** No file can be opened. */
    public void refuse(boolean on) {
        refusing = on;
    }

    public List<Written> written() {
        synchronized (written) {
            return List.copyOf(written);
        }
    }

    private final class Channel extends DelegatingChannel {
        private final Path path;
        private volatile long forced;

        Channel(Path path, FileChannel file) {
            super(file);
            this.path = path;
        }

        @Override
        public void force(boolean metaData) throws IOException {
            long bytes = size();
            super.force(metaData);
            forced = bytes;
        }

        void cut() throws IOException {
            if (Files.exists(path)) {
                try (FileChannel again = FileChannel.open(path, StandardOpenOption.WRITE)) {
                    again.truncate(forced);
                }
            }
        }

        @Override
        public long write(ByteBuffer[] sources, int offset, int length) throws IOException {
            try {
                stall.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException("interrupted while the disk stalls", e);
            }
            long all = 0;
            for (int i = offset; i < offset + length; i++) {
                if (bytesUntilFull.get() == 0) {
                    if (all > 0) {
                        return all;
                    }
                    throw new IOException("No space left on device");
                }
                all += writeOne(sources[i]);
            }
            return all;
        }

        private int writeOne(ByteBuffer source) throws IOException {
            int bytes = (int) Math.min(source.remaining(), bytesUntilFull.get());
            synchronized (written) {
                long address = source.isDirect() ? PlatformDependent.directBufferAddress(source) : 0;
                written.add(new Written(address + source.position(), bytes));
            }
            ByteBuffer piece = source.slice(source.position(), bytes);
            super.write(piece);
            source.position(source.position() + bytes);
            bytesUntilFull.addAndGet(-bytes);
            return bytes;
        }
    }
}
