// SPDX-License-Identifier: Apache-2.0
package io.medicloud.mpegts.segment;

import static org.assertj.core.api.Assertions.assertThat;

import io.medicloud.mpegts.packet.FaultSink;
import io.medicloud.mpegts.psi.SpliceInfo;
import io.medicloud.testdata.ChunkSplitter;
import io.medicloud.testdata.LeakGuard;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Takes segments, and checks that they come as they must. */
final class Cuts implements SegmentSink {
    /** Two seconds, at most four. */
    static final SegmentPolicy TWO_SECONDS = SegmentPolicy.ofTarget(Duration.ofSeconds(2));

    private final List<SegmentFacts> facts = new ArrayList<>();
    private final List<byte[]> segments = new ArrayList<>();
    private final List<SpliceInfo> splices = new ArrayList<>();
    private ByteArrayOutputStream open;

    /** Cuts a stream that comes in pieces of 1316 bytes. */
    static Cuts of(byte[] stream) {
        return of(stream, TWO_SECONDS);
    }

    static Cuts of(byte[] stream, SegmentPolicy policy) {
        return of(stream, policy, ChunkSplitter.every(1316));
    }

    static Cuts of(byte[] stream, SegmentPolicy policy, ChunkSplitter pieces) {
        return with(policy, (segmenter, guard) -> pieces.lend(stream, guard, piece -> segmenter.onData(piece, 0)));
    }

    /** What is done with a segmenter. */
    interface Script {
        void run(Segmenter segmenter, ByteBufAllocator allocator);
    }

    /** Runs a script, finishes, and checks that no buffer is left. */
    static Cuts with(SegmentPolicy policy, Script script) {
        Cuts cuts = new Cuts();
        try (LeakGuard guard = new LeakGuard()) {
            Segmenter segmenter = new Segmenter(policy, cuts, 1, FaultSink.NONE, guard.allocator());
            script.run(segmenter, guard.allocator());
            segmenter.finish();
        }
        assertThat(cuts.open).isNull();
        return cuts;
    }

    @Override
    public void onSegmentStart(long sequence) {
        assertThat(open).isNull();
        assertThat(sequence).isEqualTo(facts.size() + 1L);
        open = new ByteArrayOutputStream();
    }

    @Override
    public void takePackets(ByteBuf packets) {
        assertThat(packets.readableBytes() % 188).isZero();
        assertThat(packets.readableBytes()).isPositive();
        open.writeBytes(ByteBufUtil.getBytes(packets));
        packets.release();
    }

    @Override
    public void onSegmentEnd(SegmentFacts fact) {
        assertThat(fact.bytes()).isEqualTo(open.size()).isEqualTo(fact.packets() * 188);
        assertThat(fact.durationTicks()).isNotNegative();
        facts.add(fact);
        segments.add(open.toByteArray());
        open = null;
    }

    @Override
    public void onSplice(int pid, long packet, SpliceInfo splice) {
        splices.add(splice);
    }

    List<SpliceInfo> splices() {
        return splices;
    }

    List<SegmentFacts> facts() {
        return facts;
    }

    SegmentFacts fact(int index) {
        return facts.get(index);
    }

    /** The numbers of the packets that segments start with. */
    List<Long> starts() {
        return facts.stream().map(SegmentFacts::startPacket).toList();
    }

    byte[] segment(int index) {
        return segments.get(index);
    }

    List<byte[]> segments() {
        return segments;
    }

    /** The packets that were put in front of a segment. */
    List<byte[]> injected(int index) {
        List<byte[]> packets = new ArrayList<>();
        for (int i = 0; i < facts.get(index).injectedPackets(); i++) {
            packets.add(Arrays.copyOfRange(segments.get(index), i * 188, i * 188 + 188));
        }
        return packets;
    }

    /** All segments, one behind the other, less the packets that were put in front. */
    byte[] joined() {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (int i = 0; i < segments.size(); i++) {
            int from = facts.get(i).injectedPackets() * 188;
            all.write(segments.get(i), from, segments.get(i).length - from);
        }
        return all.toByteArray();
    }

    /** Packet numbers follow from each other: each segment starts where the one before it ended. */
    void assertGapless() {
        long next = 0;
        for (SegmentFacts fact : facts) {
            assertThat(fact.startPacket()).isEqualTo(next);
            next += fact.packets() - fact.injectedPackets();
        }
    }

    void assertSameAs(Cuts other) {
        assertThat(facts).isEqualTo(other.facts);
        assertSameSegmentsAs(other);
    }

    /** As above, whatever was wrong with the stream. */
    void assertSameSegmentsAs(Cuts other) {
        assertThat(starts()).isEqualTo(other.starts());
        assertThat(segments).usingElementComparator(Arrays::compare).isEqualTo(other.segments);
    }
}
