// SPDX-License-Identifier: Apache-2.0
package io.medicloud.srt.filter;

import static org.assertj.core.api.Assertions.assertThat;

import io.medicloud.srt.SrtPacketFilter;
import io.medicloud.srt.packet.Capture;
import io.medicloud.srt.packet.DataPacket;
import io.medicloud.srt.packet.HandshakeExtensions;
import io.medicloud.srt.packet.HandshakePacket;
import io.medicloud.srt.packet.MsgNo;
import io.medicloud.srt.packet.SrtPacket;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** libsrt's own extra packets: ours are the same, and serve to rebuild what its recordings lost. */
class FecCaptureTest {
    private static final int PAYLOAD_SIZE = 1452;

    @ParameterizedTest
    @CsvSource({
        "27-v155-fec-5x4-even-arq-never, 12, 90",
        "28-v155-fec-5x4-even-arq-never-loss, 1, 270",
        "29-v155-fec-row10-onreq-aes128, 0, 20",
        "30-v155-fec-staircase-10x5, 5, 82",
        "31-fec-caller-listener-nofilter, 1, 20"
    })
    void everyExtraPacketIsMadeAgainToTheByte(String name, int inSelection, int inWhole) {
        List<Capture.Datagram> packets = data(name);
        FecEncoder encoder = new FecEncoder(filter(name), initialSeqNo(name), PAYLOAD_SIZE);
        List<String> made = new ArrayList<>();
        List<String> recorded = new ArrayList<>();
        for (Capture.Datagram d : packets) {
            ByteBuf packet = d.buf();
            if (DataPacket.msgNo(packet) == MsgNo.FILTER) {
                recorded.add(ByteBufUtil.hexDump(packet));
            } else if (!DataPacket.isRetransmitted(packet)) {
                encoder.onSent(packet);
                while (encoder.isDue()) {
                    ByteBuf out = Unpooled.buffer();
                    encoder.writeDue(out, DataPacket.keyFlags(packet), SrtPacket.destinationSocketId(packet));
                    made.add(ByteBufUtil.hexDump(out));
                }
            }
        }
        if (Capture.isWhole(name)) {
            assertThat(made).isEqualTo(recorded).hasSize(inWhole);
        } else {
            // The last one may be just beyond the selection.
            assertThat(made).hasSizeBetween(inSelection, inSelection + 1);
            assertThat(recorded).containsAll(made.subList(0, inSelection));
        }
    }

    @Test
    void whatTheRecordedLinkLostIsRebuilt() {
        String name = "28-v155-fec-5x4-even-arq-never-loss";
        Map<Integer, String> lost = new HashMap<>();
        Rebuilt rebuilt = new Rebuilt();
        FecDecoder decoder = decoder(name, rebuilt);
        for (Capture.Datagram d : data(name)) {
            ByteBuf packet = d.buf();
            if (d.isForwarded()) {
                feed(decoder, packet);
            } else if (DataPacket.msgNo(packet) != MsgNo.FILTER) {
                lost.put(DataPacket.seqNo(packet), ByteBufUtil.hexDump(packet));
            }
        }
        int known = Capture.isWhole(name) ? lost.size() : 1;
        assertThat(rebuilt.packets).hasSize(known).isNotEmpty();
        assertThat(lost).containsAllEntriesOf(rebuilt.packets);
    }

    @ParameterizedTest
    @CsvSource({"27-v155-fec-5x4-even-arq-never", "30-v155-fec-staircase-10x5"})
    void anyOnePacketOfThoseThatAreCoveredIsRebuilt(String name) {
        List<Capture.Datagram> packets = data(name).subList(0, 40);
        int covered = 0;
        for (Capture.Datagram lost : packets) {
            if (DataPacket.msgNo(lost.buf()) == MsgNo.FILTER) {
                continue;
            }
            Rebuilt rebuilt = new Rebuilt();
            FecDecoder decoder = decoder(name, rebuilt);
            packets.stream().filter(d -> d.line() != lost.line()).forEach(d -> feed(decoder, d.buf()));
            if (!rebuilt.packets.isEmpty()) {
                covered++;
                assertThat(rebuilt.packets)
                        .hasSize(1)
                        .containsEntry(DataPacket.seqNo(lost.buf()), ByteBufUtil.hexDump(lost.buf()));
            }
        }
        assertThat(covered).isGreaterThanOrEqualTo(20);
    }

    private static void feed(FecDecoder decoder, ByteBuf packet) {
        if (DataPacket.msgNo(packet) == MsgNo.FILTER) {
            decoder.onExtra(packet, 0);
        } else {
            decoder.onData(packet, 0);
        }
    }

    private static FecDecoder decoder(String name, FecSink sink) {
        return new FecDecoder(
                filter(name), initialSeqNo(name), PAYLOAD_SIZE, new UnpooledByteBufAllocator(false), sink);
    }

    private static List<Capture.Datagram> data(String name) {
        return Capture.read(name).stream()
                .filter(d -> d.direction().equals("c2s") && !SrtPacket.isControl(d.buf()))
                .toList();
    }

    /** What the listener answered. */
    private static SrtPacketFilter filter(String name) {
        return SrtPacketFilter.parse(
                HandshakeExtensions.parse(conclusion(name, "s2c")).filter());
    }

    private static int initialSeqNo(String name) {
        return HandshakePacket.initialSeqNo(conclusion(name, "c2s"));
    }

    private static ByteBuf conclusion(String name, String direction) {
        return Capture.read(name).stream()
                .filter(d -> d.direction().equals(direction) && d.note().contains(" CONCLUSION "))
                .findFirst()
                .orElseThrow()
                .buf();
    }

    private static final class Rebuilt implements FecSink {
        final Map<Integer, String> packets = new HashMap<>();

        @Override
        public void takeRebuilt(ByteBuf packet, long nowUs) {
            assertThat(packets.put(DataPacket.seqNo(packet), ByteBufUtil.hexDump(packet)))
                    .isNull();
            packet.release();
        }

        @Override
        public void onUnsolved(int seqNo, long nowUs) {
            assertThat(packets).doesNotContainKey(seqNo);
        }
    }
}
