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

    Placing(SpoolStream spool, Places places, InstantSource clock) {
        this.spool = spool;
        this.places = places;
        this.clock = clock;
    }

    @Override
    public void onSegmentStart(long sequence) {
        spool.setPlace(places.open(clock.millis()));
        spool.onSegmentStart(sequence);
    }

    @Override
    public void takePackets(ByteBuf packets) {
        spool.takePackets(packets);
    }

    @Override
    public void onDiscontinuity() {
        spool.setPlace(places.onBreak());
    }

    @Override
    public void onSpliceSection(SpliceInfo splice, byte[] section, int length) {
        cues.onSplice(splice, section, length);
    }

    @Override
    public void onSegmentEnd(SegmentFacts facts) {
        cues.take(facts, places.startMs()).forEach(places::onCue);
        spool.setPlace(places.close(facts.durationTicks()));
        spool.onSegmentEnd(facts);
    }
}
