// SPDX-License-Identifier: Apache-2.0
package io.medicloud.pipeline.spool;

import io.medicloud.mpegts.segment.SegmentFacts;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The end of a segment's file: what was written of it is sealed, and the stream is told. Belongs to the sealer's thread. */
final class SealTask {
    /** How long what is not foreseen is tried again: a file that is not there though its disk is, or an error of the program. */
    private static final long PATIENCE_NS = TimeUnit.SECONDS.toNanos(60);

    /**
     * What the writer knows of a segment's file.
     *
     * @param channel null if the file could not be opened
     * @param written bytes of the file
     * @param unwritten bytes that belong behind those
     * @param failure why not all of it could be written, or null
     */
    record Written(
            Path part,
            @Nullable FileChannel channel,
            long written,
            long unwritten,
            @Nullable String failure) {}

    private final StreamFolder folder;
    private final SpoolSink sink;
    private final Written file;
    private final Batch.Mark.End end;
    private final SegmentFacts facts;
    private boolean isFirst = true;
    private long failingSinceNs;

    SealTask(StreamFolder folder, SpoolSink sink, Written file, Batch.Mark.End end) {
        this.folder = folder;
        this.sink = sink;
        this.file = file;
        this.end = end;
        this.facts = end.facts();
    }

    /** Seals it, and tells what came of it; once. Null, or one line that says why it is to be tried again. */
    @Nullable
    String attempt() {
        boolean isAgain = !isFirst;
        if (isFirst) {
            isFirst = false;
            countDropped(file.written());
        }
        SealedSegment segment;
        try {
            segment = seal(isAgain);
        } catch (NoSuchFileException e) {
            boolean isWithItsDisk = !folder.isThere();
            if (isWithItsDisk) {
                failingSinceNs = 0;
            }
            if (isWithItsDisk || isPatient()) {
                return "cannot seal " + file.part() + ": " + Failures.describe(e);
            }
            long there = receivedIn(sealable(file.written()));
            if (there > 0) {
                sink.onDropped(there, file.part() + " was deleted by somebody");
            }
            sink.onLost(facts.sequence(), "cannot seal " + file.part() + ": it was deleted by somebody");
            return null;
        } catch (IOException e) {
            return "cannot seal " + file.part() + ": " + Failures.describe(e);
        } catch (RuntimeException | Error e) {
            Spool.LOG.error("A segment could not be sealed", e);
            String failure = "cannot seal " + file.part() + ": internal error: " + e;
            if (isPatient()) {
                return failure;
            }
            giveUp(failure);
            return null;
        }
        tell(segment);
        return null;
    }

    private boolean isPatient() {
        long nowNs = System.nanoTime();
        if (failingSinceNs == 0) {
            failingSinceNs = nowNs;
        }
        return nowNs - failingSinceNs < PATIENCE_NS;
    }

    private void tell(@Nullable SealedSegment segment) {
        if (segment == null) {
            sink.onLost(facts.sequence(), file.failure() == null ? "the segment was empty" : file.failure());
        } else {
            sink.onSealed(segment.arrived(end.beganUs(), end.arrivedUs()));
        }
    }

    /** It is not tried again: what is there is left for the next start. */
    void giveUp(String reason) {
        sink.onLost(facts.sequence(), reason + "; what is there is kept for the next start");
    }

    /** Of what was received: the tables in front were not. */
    private void countDropped(long written) {
        long dropped = receivedIn(written + file.unwritten()) - receivedIn(sealable(written));
        if (dropped > 0) {
            sink.onDropped(dropped, String.valueOf(file.failure()));
        }
    }

    private long receivedIn(long bytes) {
        return Math.max(0, bytes - (long) facts.injectedPackets() * StreamFolder.PACKET_BYTES);
    }

    private static long sealable(long bytes) {
        return bytes - bytes % StreamFolder.PACKET_BYTES;
    }

    private @Nullable SealedSegment seal(boolean isAgain) throws IOException {
        FileChannel opened = file.channel();
        if (opened == null) {
            return null;
        }
        if (isAgain && folder.isSealed(file.part(), facts.sequence())) {
            return folder.finishSeal(facts, sealable(file.written()), isIncomplete(), end.place());
        }
        try (FileChannel channel = isAgain ? FileChannel.open(file.part(), StandardOpenOption.WRITE) : opened) {
            if (file.written() >= StreamFolder.PACKET_BYTES) {
                return folder.seal(file.part(), channel, file.written(), facts, isIncomplete(), end.place());
            }
        }
        Files.deleteIfExists(file.part());
        return null;
    }

    private boolean isIncomplete() {
        return end.incomplete() || file.failure() != null;
    }
}
