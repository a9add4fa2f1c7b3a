// SPDX-License-Identifier: Apache-2.0
package io.medicloud.pipeline;

import io.medicloud.mpegts.psi.SpliceInfo;
import io.medicloud.mpegts.segment.SegmentFacts;
import io.medicloud.mpegts.segment.SegmentSink;
import io.medicloud.pipeline.spool.SpoolStream;
import io.medicloud.pipeline.timeline.Places;
import io.netty.buffer.ByteBuf;
import java.time.InstantSource;

/** Tells the spool, with the beginning and the end of each segment, its place. Belongs to the stream's thread. */
final class Placing implements SegmentSink {
    private final SpoolStream spool;
    private final Places places;
    private final Cues cues = new Cues();
    private final InstantSource clock;
    private final Tenure tenure;
    private boolean isRefused;
    private long refusedBytes;

    /** @param tenure gives the numbers of segments; what it refuses one is not written */
    Placing(SpoolStream spool, Places places, InstantSource clock, Tenure tenure) {
        this.spool = spool;
        this.places = places;
        this.clock = clock;
        this.tenure = tenure;
    }

    /** May what comes now be written? Once it may not, it never may again. */
    boolean holds() {
        return !isRefused && tenure.holds();
    }

    /** What came of a segment that may not be written, since it was asked last. */
    long takeRefusedBytes() {
        long bytes = refusedBytes;
        refusedBytes = 0;
        return bytes;
    }

    @Override
    public void onSegmentStart(long sequence) {
        isRefused |= !tenure.take(sequence);
        if (isRefused) {
            return;
        }
        spool.setPlace(places.open(clock.millis()));
        spool.onSegmentStart(sequence);
    }

    @Override
    public void takePackets(ByteBuf packets) {
        if (isRefused) {
            refusedBytes += packets.readableBytes();
            packets.release();
            return;
        }
        spool.takePackets(packets);
    }

    @Override
    public void onDiscontinuity() {
        if (!isRefused) {
            spool.setPlace(places.onBreak());
        }
    }

    @Override
    public void onSpliceSection(SpliceInfo splice, byte[] section, int length) {
        cues.onSplice(splice, section, length);
    }

    @Override
    public void onSegmentEnd(SegmentFacts facts) {
        if (isRefused) {
            return;
        }
        cues.take(facts, places.startMs()).forEach(places::onCue);
        spool.setPlace(places.close(facts.durationTicks()));
        spool.onSegmentEnd(facts);
    }
}
