// SPDX-License-Identifier: Apache-2.0
package io.medicloud.pipeline.spool;

import io.medicloud.mpegts.segment.SegmentFacts;
import io.medicloud.mpegts.segment.SegmentSink;
import io.medicloud.pipeline.timeline.Place;
import io.netty.buffer.ByteBuf;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * A stream's way into the spool. What the segmenter gives is gathered here and handed to the writer once per batch, see
 * {@link #flush()}. Belongs to the stream's one thread, except where a method says otherwise.
 */
public final class SpoolStream implements SegmentSink {
    /** Its name in the configuration. */
    public static final String QUEUE_PER_STREAM = "spool.queuePerStream";

    /** The same of all streams. */
    public static final String QUEUE = "spool.queue";

    /** A batch that has grown to this is handed over before its end. */
    static final int MOST_BATCH_BYTES = 256 * 1024;

    private static final int MOST_SPARE = 8;
    private static final int ROOM_CHECK_MS = 20;

    private final Spool spool;
    private final SegmentWriter writer;
    private final SealLine sealLine = new SealLine(this);
    private final BlockingQueue<Batch> spare = new ArrayBlockingQueue<>(MOST_SPARE);
    private final AtomicLong queuedBytes = new AtomicLong();
    private final Object space = new Object();
    private Batch batch = new Batch();
    private boolean incomplete;
    private Place place = Place.NONE;
    private long arrivedUs = SealedSegment.NOT_KNOWN;
    private long beganUs = SealedSegment.NOT_KNOWN;
    private long takenBytes;
    private final AtomicLong handOffs = new AtomicLong();
    private volatile @Nullable String fault;

    SpoolStream(Spool spool, SegmentWriter writer) {
        this.spool = spool;
        this.writer = writer;
    }

    @Override
    public void onSegmentStart(long sequence) {
        beganUs = arrivedUs;
        batch.marks.add(new Batch.Mark.Start(batch.slices.size(), sequence, place));
    }

    @Override
    public void takePackets(ByteBuf packets) {
        takenBytes += packets.readableBytes();
        batch.add(packets);
        if (batch.bytes >= MOST_BATCH_BYTES) {
            flush();
        }
    }

    @Override
    public void onSegmentEnd(SegmentFacts facts) {
        batch.marks.add(new Batch.Mark.End(batch.slices.size(), facts, incomplete, place, beganUs, arrivedUs));
        incomplete = false;
    }

    /** Where the segment stands that begins, or ends, next, or has just begun. */
    public void setPlace(Place of) {
        place = of;
        int last = batch.marks.size() - 1;
        if (last >= 0 && batch.marks.get(last) instanceof Batch.Mark.Start start) {
            batch.marks.set(last, new Batch.Mark.Start(start.at(), start.sequence(), of));
        }
    }

    /** When the newest of what the segmenter gives has arrived, in microseconds of monotonic time; for figures alone. */
    public void setArrival(long us) {
        arrivedUs = us;
    }

    /** The segment that is open now will lack what follows: it is flagged when it ends. */
    public void markIncomplete() {
        incomplete = true;
    }

    /** Hands over what was gathered; to be called at the end of every batch of received data. Never blocks. */
    public void flush() {
        if (batch.isEmpty()) {
            return;
        }
        handOffs.incrementAndGet();
        Batch full = batch;
        Batch next = spare.poll();
        batch = next == null ? new Batch() : next;
        queuedBytes.addAndGet(full.bytes);
        spool.submit(this, full);
    }

    /** Hands over what was gathered, and asks for {@link SpoolSink#onDrained()} once all of it is dealt with. */
    public void finish() {
        batch.marks.add(new Batch.Mark.Finish(batch.slices.size()));
        flush();
    }

    /** Has a limit been reached, or did the disk fail? Then nothing more should be given before {@link #hasRoom()}. */
    public boolean isFull() {
        return fault != null
                || queuedBytes.get() >= spool.limits().mostQueuedBytes()
                || spool.isFull()
                || spool.reserve().isReleased();
    }

    /** Why it is full, in one line that names the limit. */
    public String whyFull() {
        String failed = fault;
        if (failed != null) {
            return failed;
        }
        String limit = fullLimit();
        return limit.equals(DiskReserve.RESERVE)
                ? limit + ": the spool's disk is full"
                : limit + ": as much waits for the spool's disk as may, it is too slow";
    }

    /** The name of the limit that is reached if no write has failed. */
    public String fullLimit() {
        if (spool.reserve().isReleased()) {
            return DiskReserve.RESERVE;
        }
        boolean isOfAll = spool.isFull() && queuedBytes.get() < spool.limits().mostQueuedBytes();
        return isOfAll ? QUEUE : QUEUE_PER_STREAM;
    }

    /** Is at least half of what may wait free again, and the disk not full? Says nothing about {@link #fault()}. */
    public boolean hasRoom() {
        return queuedBytes.get() <= spool.limits().mostQueuedBytes() / 2
                && spool.hasRoom()
                && !spool.reserve().isReleased();
    }

    /** Blocks until there is room or the disk has failed; for sources that can wait. */
    public void awaitRoom() throws InterruptedException {
        synchronized (space) {
            while (!hasRoom() && fault == null) {
                // Room of all streams together comes back without a word to this one.
                space.wait(ROOM_CHECK_MS);
            }
        }
    }

    /** Why the last write failed, until {@link #clearFault()}; any thread may ask. */
    public @Nullable String fault() {
        return fault;
    }

    /** Lets the next segment try the disk again. */
    public void clearFault() {
        fault = null;
    }

    /** How many bytes the segmenter has given. */
    public long takenBytes() {
        return takenBytes;
    }

    /** How many bytes wait for the disk; any thread may ask. */
    public long queuedBytes() {
        return queuedBytes.get();
    }

    /** How many batches were handed to the writer; any thread may ask. */
    public long handOffs() {
        return handOffs.get();
    }

    /** The writer's side: does what a batch says, then gives its buffers and its room back. */
    void write(Batch full) {
        long bytes = full.bytes;
        try {
            writer.write(full, this);
        } finally {
            full.clear();
            spare.offer(full);
            queuedBytes.addAndGet(-bytes);
            wakeWaiter();
        }
    }

    /** The forcer's side. */
    void force() {
        writer.force(this);
    }

    SealLine sealLine() {
        return sealLine;
    }

    void onSegmentWritten() {
        spool.onGood();
    }

    /** Written, and cannot be sealed yet. */
    void onSealFault(String reason) {
        spool.onSealFault(this, reason);
    }

    void onSealed() {
        spool.onSealed(this);
    }

    void onFinished() {
        spool.forget(this);
    }

    void abandon() {
        writer.abandon();
    }

    void onFault(String reason) {
        fault = reason;
        spool.onFault(reason);
        wakeWaiter();
    }

    void wakeWaiter() {
        synchronized (space) {
            space.notifyAll();
        }
    }
}
