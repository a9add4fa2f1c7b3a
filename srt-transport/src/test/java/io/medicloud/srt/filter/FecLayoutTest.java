// SPDX-License-Identifier: Apache-2.0
package io.medicloud.srt.filter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.medicloud.srt.SrtPacketFilter;
import io.medicloud.srt.packet.DataPacket;
import io.medicloud.srt.packet.MsgNo;
import io.medicloud.srt.packet.SeqNo;
import io.medicloud.srt.packet.SrtPacket;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Where extra packets are in a stream, what is in them, and what of theirs is not believed. */
class FecLayoutTest {
    private static final int FIRST = 1000;
    private static final int PAYLOAD_SIZE = 40;

    private static ByteBuf data(int number, int keyFlags, int timestamp, String hex) {
        ByteBuf packet = Unpooled.buffer();
        DataPacket.writeHeader(packet, SeqNo.plus(FIRST, number), keyFlags, MsgNo.FIRST + number, timestamp, 7);
        return packet.writeBytes(ByteBufUtil.decodeHexDump(hex));
    }

    /** Behind which data packets there are extra ones: {@code 4r} for a row's, {@code 15c0} for that of column 0. */
    private static List<String> extras(String filter, int count) {
        FecEncoder encoder = new FecEncoder(SrtPacketFilter.parse(filter), FIRST, PAYLOAD_SIZE);
        List<String> extras = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            encoder.onSent(data(i, 0, i, "01"));
            while (encoder.isDue()) {
                ByteBuf extra = Unpooled.buffer();
                encoder.writeDue(extra, DataPacket.KK_PLAIN, 7);
                int index = extra.getUnsignedByte(16);
                int number = SeqNo.distance(FIRST, DataPacket.seqNo(extra));
                extras.add(number + (index == FecMatrix.ROW ? "r" : "c" + index));
            }
        }
        return extras;
    }

    @Test
    void rowsEndWithTheirLastColumn() {
        assertThat(extras("fec,cols:3,rows:1", 10)).containsExactly("2r", "5r", "8r");
    }

    @Test
    void evenColumnsEndInTheLastRowAndPrecedeItsOwn() {
        assertThat(extras("fec,cols:3,rows:2,layout:even", 12))
                .containsExactly("2r", "3c0", "4c1", "5c2", "5r", "8r", "9c0", "10c1", "11c2", "11r");
        assertThat(extras("fec,cols:3,rows:-2,layout:even", 9)).containsExactly("3c0", "4c1", "5c2");
    }

    /** Of 10 columns of 5: they begin with 0, 11, 22, 33, 44, 5, 16, 27, 38 and 49, and end four rows later; the next ones 50 later. */
    @Test
    void aStaircasesColumnsBeginARowLaterEachAndAnewAfterAsManyAsThereAreRows() {
        assertThat(extras("fec,cols:10,rows:-5", 140))
                .containsExactly(
                        "40c0", "45c5", "51c1", "56c6", "62c2", "67c7", "73c3", "78c8", "84c4", "89c9", "90c0", "95c5",
                        "101c1", "106c6", "112c2", "117c7", "123c3", "128c8", "134c4", "139c9");
    }

    @Test
    void aGroupThatLacksAPacketOfTheSenderHasNoExtraOne() {
        FecEncoder encoder = new FecEncoder(SrtPacketFilter.parse("fec,cols:3"), FIRST, PAYLOAD_SIZE);
        for (int number : new int[] {0, 2, 3, 4}) {
            encoder.onSent(data(number, 0, 0, "01"));
            assertThat(encoder.isDue()).isFalse();
        }
        encoder.onSent(data(5, 0, 0, "01"));
        assertThat(encoder.isDue()).isTrue();
    }

    @Test
    void anExtraPacketIsTheSumOfItsGroupWithPayloadsFilledUpWithZeros() {
        FecEncoder encoder = new FecEncoder(SrtPacketFilter.parse("fec,cols:3"), FIRST, PAYLOAD_SIZE);
        encoder.onSent(data(0, DataPacket.KK_EVEN, 0x101, "ffffffffffffffffffffff"));
        encoder.onSent(data(1, DataPacket.KK_EVEN, 0x202, "0102"));
        encoder.onSent(data(2, DataPacket.KK_ODD, 0x404, "000010"));
        ByteBuf extra = Unpooled.buffer();
        encoder.writeDue(extra, DataPacket.KK_ODD, 7);
        assertThat(DataPacket.msgNo(extra)).isEqualTo(MsgNo.FILTER);
        assertThat(DataPacket.keyFlags(extra)).isEqualTo(DataPacket.KK_ODD);
        assertThat(SrtPacket.timestamp(extra)).isEqualTo(0x707);
        assertThat(SrtPacket.destinationSocketId(extra)).isEqualTo(7);
        assertThat(DataPacket.payloadLength(extra)).isEqualTo(FecEncoder.overhead() + PAYLOAD_SIZE);
        String sum = ByteBufUtil.hexDump(extra, 16, 4 + PAYLOAD_SIZE);
        assertThat(sum).isEqualTo("ff02" + "000a" + "fefdefffffffffffffffff" + "00".repeat(29));
    }

    /** The extra packet of a row of two, of which the other is three bytes long and plain: what is missing is then this. */
    private static int rebuilt(int keyFlags, int length) {
        UnpooledByteBufAllocator allocator = new UnpooledByteBufAllocator(false, true);
        List<Integer> lengths = new ArrayList<>();
        FecSink sink = new FecSink() {
            @Override
            public void takeRebuilt(ByteBuf packet, long nowUs) {
                lengths.add(DataPacket.payloadLength(packet));
                packet.release();
            }

            @Override
            public void onUnsolved(int seqNo, long nowUs) {}
        };
        FecDecoder decoder = new FecDecoder(SrtPacketFilter.parse("fec,cols:2"), FIRST, PAYLOAD_SIZE, allocator, sink);
        decoder.onData(data(0, 0, 0, "010203"), 0);
        ByteBuf extra = Unpooled.buffer();
        DataPacket.writeHeader(extra, SeqNo.plus(FIRST, 1), 0, MsgNo.FILTER, 0, 7);
        extra.writeByte(FecMatrix.ROW)
                .writeByte(keyFlags)
                .writeShort(length ^ 3)
                .writeZero(PAYLOAD_SIZE);
        decoder.onExtra(extra, 0);
        assertThat(allocator.metric().usedHeapMemory()).isZero();
        return lengths.isEmpty() ? -1 : lengths.get(0);
    }

    @Test
    void whatCannotBeAPacketIsNotRebuilt() {
        assertThat(rebuilt(0, 1)).isEqualTo(1);
        assertThat(rebuilt(2, PAYLOAD_SIZE)).isEqualTo(PAYLOAD_SIZE);
        assertThat(rebuilt(0, 0)).isEqualTo(-1);
        assertThat(rebuilt(0, PAYLOAD_SIZE + 1)).isEqualTo(-1);
        assertThat(rebuilt(3, 5)).isEqualTo(-1);
    }

    @ParameterizedTest
    @CsvSource({
        "2, 1, true",
        "255, 1, true",
        "256, 1, false",
        "2, 255, true",
        "2, -256, false",
        "64, 64, true",
        "65, 64, false",
        "0, 4, false"
    })
    void thereIsRoomForSidesOf255AndFourThousandPackets(int columns, int rows, boolean isSupported) {
        SrtPacketFilter filter = new SrtPacketFilter(columns, rows, null, null);
        assertThat(FecMatrix.isSupported(filter)).isEqualTo(isSupported);
        if (!isSupported) {
            assertThatThrownBy(() -> FecMatrix.of(filter)).isInstanceOf(IllegalArgumentException.class);
        }
    }
}
