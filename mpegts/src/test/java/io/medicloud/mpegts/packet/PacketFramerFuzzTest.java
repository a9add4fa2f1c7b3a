// SPDX-License-Identifier: Apache-2.0
package io.medicloud.mpegts.packet;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.medicloud.testdata.ChunkSplitter;
import io.medicloud.testdata.LeakGuard;
import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

class PacketFramerFuzzTest {
    @FuzzTest
    void packetsDoNotDependOnThePiecesAndLieWithinTheInput(byte[] input) {
        List<String> whole = find(input, ChunkSplitter.every(Math.max(1, input.length)));
        assertThat(find(input, ChunkSplitter.random(Arrays.hashCode(input), 1, 400)))
                .isEqualTo(whole);
        long packets =
                whole.stream().filter(event -> event.startsWith("packet")).count();
        assertThat(packets * TsPacket.SIZE).isLessThanOrEqualTo(input.length);
    }

    private static List<String> find(byte[] input, ChunkSplitter pieces) {
        List<String> events = new ArrayList<>();
        try (LeakGuard guard = new LeakGuard()) {
            PacketSink sink = new PacketSink() {
                @Override
                public void onPackets(ByteBuf data, int start, int count) {
                    for (int at = start; at < start + count * TsPacket.SIZE; at += TsPacket.SIZE) {
                        assertThat(data.getByte(at)).isEqualTo((byte) TsPacket.SYNC_BYTE);
                        events.add("packet " + data.getInt(at) + " " + data.getInt(at + TsPacket.SIZE - 4));
                    }
                }

                @Override
                public void onDamagedPacket(ByteBuf data, int start) {
                    events.add("packet damaged " + data.getInt(start + TsPacket.SIZE - 4));
                }

                @Override
                public void onSyncLoss() {
                    events.add("loss");
                }
            };
            PacketFramer framer =
                    new PacketFramer(sink, (fault, pid) -> events.add(fault + " " + pid), guard.allocator());
            pieces.lend(input, guard.allocator(), framer::onData);
            framer.finish();
            events.add(framer.packetSize() + " from " + framer.firstPacketOffset());
        }
        return events;
    }
}
