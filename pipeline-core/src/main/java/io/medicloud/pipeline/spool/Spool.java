// SPDX-License-Identifier: Apache-2.0
package io.medicloud.pipeline.spool;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The folder where received bytes are written as they come, one folder below it per stream, one file per segment. One
 * thread writes for all streams, one seals. Only one process at a time can have a spool open. Thread-safe.
 */
public final class Spool implements AutoCloseable {
    static final Logger LOG = LoggerFactory.getLogger(Spool.class);

    static final String LOCK = ".lock";

    /** A batch, and whose it is; without a stream it is the end. */
    private record HandOff(@Nullable SpoolStream stream, Batch batch) {}

    private final Path root;
    private final SpoolLimits limits;
    private final PartOpener opener;
    private final FileChannel lockFile;
    private final Sealer sealer;
    private final DiskReserve reserve;
    private final Forcer forcer = new Forcer();
    private final Thread writer;
    /** Bounded by the bytes in it, see {@link SpoolLimits}. */
    private final BlockingQueue<HandOff> handOffs = new LinkedBlockingQueue<>();

    private final Set<SpoolStream> open = ConcurrentHashMap.newKeySet();
    private final AtomicLong queuedBytes = new AtomicLong();
    private volatile boolean closed;
    private volatile @Nullable String fault;
    /** Why segments that are written cannot be sealed, of each stream of which that is so. */
    private final Map<SpoolStream, String> sealFaults = new ConcurrentHashMap<>();

    private Spool(Path root, SpoolLimits limits, PartOpener opener, FileChannel lockFile) throws IOException {
        this.root = root;
        this.limits = limits;
        this.opener = opener;
        this.lockFile = lockFile;
        this.sealer = new Sealer(limits.mostSealing());
        this.reserve = new DiskReserve(root, DiskReserve.diskOf(root));
        this.writer = new Thread(this::run, "spool-writer");
        writer.setDaemon(true);
    }

    /**
     * Opens a spool, and makes its folder if need be.
     *
     * @throws IOException if the folder cannot be used, or another process uses it; the message says which
     */
    public static Spool open(Path root, SpoolLimits limits) throws IOException {
        return open(root, limits, PartOpener.NEW_FILE);
    }

    static Spool open(Path root, SpoolLimits limits, PartOpener opener) throws IOException {
        Path folder = root.toAbsolutePath().normalize();
        FileChannel lockFile = openLock(folder);
        try {
            if (tryLock(lockFile) == null) {
                throw new IOException("the spool " + folder + " is in use by another process");
            }
            Spool spool = new Spool(folder, limits, opener, lockFile);
            spool.sealer.start();
            spool.forcer.start(limits.forceEvery(), spool.open);
            spool.writer.start();
            return spool;
        } catch (IOException e) {
            lockFile.close();
            throw e;
        }
    }

    /** Made and opened: a folder that cannot be written fails here, and not at the first segment. */
    private static FileChannel openLock(Path folder) throws IOException {
        try {
            if (!Files.isDirectory(folder)) { // also a link to one, which createDirectories takes for something else
                Files.createDirectories(folder);
            }
            return FileChannel.open(folder.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        } catch (IOException e) {
            throw new IOException(
                    "the spool " + folder + " cannot be used: " + Failures.describe(e)
                            + "; it must be a folder that this program may write to",
                    e);
        }
    }

    private static @Nullable FileLock tryLock(FileChannel file) throws IOException {
        try {
            return file.tryLock();
        } catch (OverlappingFileLockException e) {
            return null;
        }
    }

    /** The streams that have a folder here, in no particular order; a link to one is none. */
    public List<String> streamIds() throws IOException {
        try (Stream<Path> entries = Files.list(root)) {
            List<String> ids = new ArrayList<>();
            entries.filter(entry -> Files.isDirectory(entry, LinkOption.NOFOLLOW_LINKS))
                    .map(folder -> folder.getFileName().toString())
                    .filter(name -> !name.startsWith("."))
                    .forEach(ids::add);
            return ids;
        }
    }

    /**
     * A stream's folder; made if need be.
     *
     * @param streamId its id, one name of a path
     * @param keyPrefix what the keys of the segments begin with that are sealed there from now on
     */
    public StreamFolder folder(String streamId, String keyPrefix) throws IOException {
        Path folder = root.resolve(streamId).normalize();
        if (!root.equals(folder.getParent()) || streamId.startsWith(".")) {
            throw new IllegalArgumentException("not a stream id: " + streamId);
        }
        if (Files.isSymbolicLink(folder)) {
            throw new IOException(folder + " is a symbolic link: what a stream receives must stay in the spool");
        }
        if (!Files.isDirectory(folder)) {
            Files.createDirectories(folder);
            // Its segments are as durable as its name.
            StreamFolder.force(root);
        }
        return new StreamFolder(streamId, folder, keyPrefix);
    }

    /** A measure of how full its disk is. */
    public DiskWatermarks watermarks(DiskLimits disk) {
        return new DiskWatermarks(root, disk, DiskWatermarks.of(root));
    }

    /** Where the spool is. */
    public Path root() {
        return root;
    }

    /**
     * A way in for one stream.
     *
     * @param sink hears what becomes of it
     */
    public SpoolStream stream(StreamFolder folder, SpoolSink sink) {
        SpoolStream stream = new SpoolStream(this, new SegmentWriter(folder, opener, sealer, reserve, sink));
        open.add(stream);
        return stream;
    }

    /** Can segments be written, as far as the last attempt tells? Null, or one line that says why not. */
    public @Nullable String check() {
        if (closed) {
            return "the spool is closed";
        }
        if (!Files.isWritable(root)) {
            return "the spool " + root + " is not writable";
        }
        String written = fault;
        return written != null
                ? written
                : sealFaults.values().stream().findFirst().orElse(null);
    }

    /** What is held for the time when the disk is full; holds nothing unless told to. */
    public DiskReserve reserve() {
        return reserve;
    }

    /** How many received bytes wait to be written, of all streams. */
    public long queuedBytes() {
        return queuedBytes.get();
    }

    SpoolLimits limits() {
        return limits;
    }

    boolean isFull() {
        return queuedBytes.get() >= limits.mostQueuedBytesInAll();
    }

    boolean hasRoom() {
        return queuedBytes.get() <= limits.mostQueuedBytesInAll() / 2;
    }

    void submit(SpoolStream stream, Batch batch) {
        if (closed) {
            batch.releaseFrom(0);
            return;
        }
        queuedBytes.addAndGet(batch.bytes);
        handOffs.add(new HandOff(stream, batch));
    }

    private void run() {
        try {
            for (HandOff next = handOffs.take(); next.stream() != null; next = handOffs.take()) {
                writeOne(next.stream(), next.batch());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            open.forEach(SpoolStream::abandon);
        }
    }

    void onFault(String reason) {
        fault = reason;
    }

    void onSealFault(SpoolStream stream, String reason) {
        if (sealFaults.put(stream, reason) == null) {
            LOG.warn("{}; tried again until it can", reason);
        }
    }

    void onSealed(SpoolStream stream) {
        if (!sealFaults.isEmpty() && sealFaults.remove(stream) != null) {
            LOG.info("What could not be sealed is");
        }
    }

    /** A segment was written to its end. */
    void onGood() {
        fault = null;
    }

    void forget(SpoolStream stream) {
        open.remove(stream);
    }

    private void writeOne(SpoolStream stream, Batch batch) {
        long bytes = batch.bytes;
        try {
            stream.write(batch);
        } catch (RuntimeException | Error e) {
            // Also an Error: without this thread nothing is written any more.
            LOG.error("A batch could not be written", e);
            stream.onFault("internal error: " + e);
        } finally {
            queuedBytes.addAndGet(-bytes);
        }
    }

    /** Writes and seals what was handed over, for up to 10 s, then gives the folder free. */
    @Override
    public void close() throws IOException {
        close(Duration.ofSeconds(10));
    }

    /** The same with another time limit; what is not sealed by then is found at the next start. */
    public void close(Duration patience) throws IOException {
        if (closed) {
            return;
        }
        closed = true;
        forcer.close();
        handOffs.add(new HandOff(null, new Batch()));
        try {
            writer.join(patience.toMillis());
            writer.interrupt();
            sealer.close(patience);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            releaseWaiting();
            lockFile.close();
        }
    }

    private void releaseWaiting() {
        for (HandOff left = handOffs.poll(); left != null; left = handOffs.poll()) {
            left.batch().releaseFrom(0);
        }
    }
}
