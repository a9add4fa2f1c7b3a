// SPDX-License-Identifier: Apache-2.0
package io.medicloud.srt.filter;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.medicloud.srt.FuzzInput;
import io.medicloud.srt.SrtPacketFilter;
import io.medicloud.srt.packet.DataPacket;
import io.medicloud.srt.packet.MsgNo;
import io.medicloud.srt.packet.SeqNo;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** Data and extra packets that fit together or do not. */
class FecFuzzTest {
    private static final List<SrtPacketFilter> FILTERS = Stream.of(
                    "fec,cols:5,rows:4,layout:even",
                    "fec,cols:3,rows:2",
                    "fec,cols:2",
                    "fec,cols:4,rows:-3",
                    "fec,cols:10,rows:5")
            .map(SrtPacketFilter::parse)
            .toList();
    private static final int PAYLOAD_SIZE = 60;
    private static final int MOST = 200;

    /** The longest jumps are twice what a decoder remembers; it looks at each number that it passes over. */
    private static final int JUMP = 4;

    @FuzzTest
    void anyPacketsLeaveTheDecoderWithinItsBounds(byte[] bytes) {
        FuzzInput input = new FuzzInput(bytes);
        UnpooledByteBufAllocator allocator = new UnpooledByteBufAllocator(false, true);
        Set<Integer> given = new HashSet<>();
        FecSink sink = new FecSink() {
            @Override
            public void takeRebuilt(ByteBuf packet, long nowUs) {
                int length = DataPacket.payloadLength(packet);
                FuzzInput.require(length >= 1 && length <= PAYLOAD_SIZE, "a rebuilt payload's length");
                FuzzInput.require(given.add(DataPacket.seqNo(packet)), "rebuilt what was there");
                packet.release();
            }

            @Override
            public void onUnsolved(int seqNo, long nowUs) {
                FuzzInput.require(!given.contains(seqNo), "asks for what was there");
            }
        };
        SrtPacketFilter filter = FILTERS.get(input.next() % FILTERS.size());
        int seqNo = input.nextInt() & SeqNo.MAX;
        FecDecoder decoder = new FecDecoder(filter, seqNo, PAYLOAD_SIZE, allocator, sink);
        for (int i = 0; i < MOST && input.hasMore(); i++) {
            int choice = input.next();
            int step = choice >> 3 & 7;
            seqNo = SeqNo.plus(
                    seqNo, step == 7 ? input.nextSigned() * JUMP : step == 6 ? input.nextSigned() : step < 4 ? 1 : 0);
            boolean isExtra = (choice & 3) == 0;
            ByteBuf packet = Unpooled.buffer();
            DataPacket.writeHeader(packet, seqNo, (choice >> 6) % 3, isExtra ? MsgNo.FILTER : 1 + i, i, 1);
            packet.writeBytes(input.nextBytes(1 + (choice & 4) * 12));
            if (DataPacket.payloadLength(packet) == 0) {
                continue;
            }
            if (isExtra) {
                decoder.onExtra(packet, i);
            } else {
                decoder.onData(packet, i);
                given.add(seqNo);
            }
        }
        FuzzInput.require(allocator.metric().usedHeapMemory() == 0, "a rebuilt packet that nobody released");
    }
}
