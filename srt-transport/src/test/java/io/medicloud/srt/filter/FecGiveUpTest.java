// SPDX-License-Identifier: Apache-2.0
package io.medicloud.srt.filter;

import static org.assertj.core.api.Assertions.assertThat;

import io.medicloud.srt.SrtPacketFilter;
import io.medicloud.srt.packet.DataPacket;
import io.medicloud.srt.packet.MsgNo;
import io.medicloud.srt.packet.SeqNo;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** When a decoder rebuilds what is missing, how long it remembers what that takes, and when it says that it cannot. Packets are numbered from 0. */
class FecGiveUpTest implements FecSink {
    private static final int FIRST = SeqNo.plus(SeqNo.MAX, -20);
    private static final int PAYLOAD_SIZE = 40;
    private static final String ROWS = "fec,cols:5,rows:1";
    private static final String EVEN = "fec,cols:5,rows:4,layout:even";
    private static final String COLUMNS = "fec,cols:5,rows:-4,layout:even";
    private static final String STAIRCASE = "fec,cols:5,rows:4";

    private final UnpooledByteBufAllocator allocator = new UnpooledByteBufAllocator(false, true);

    /** What happened, each with the newest data packet by then: {@code 1 rebuilt by 4}, {@code 1 given up by 6}. */
    private final List<String> events = new ArrayList<>();

    private List<ByteBuf> data = List.of();
    private List<ByteBuf> extras = List.of();
    private FecDecoder decoder;
    private int newest;

    @AfterEach
    void nothingLeaks() {
        assertThat(allocator.metric().usedHeapMemory()).isZero();
    }

    @Override
    public void takeRebuilt(ByteBuf packet, long nowUs) {
        int number = SeqNo.distance(FIRST, DataPacket.seqNo(packet));
        assertThat(packet).isEqualTo(data.get(number));
        events.add(number + " rebuilt by " + newest);
        packet.release();
    }

    @Override
    public void onUnsolved(int seqNo, long nowUs) {
        events.add(SeqNo.distance(FIRST, seqNo) + " given up by " + newest);
    }

    private void begin(String text) {
        SrtPacketFilter filter = SrtPacketFilter.parse(text);
        decoder = new FecDecoder(filter, FIRST, PAYLOAD_SIZE, allocator, this);
        FecEncoder encoder = new FecEncoder(filter, FIRST, PAYLOAD_SIZE);
        data = new ArrayList<>();
        extras = new ArrayList<>();
        events.clear();
        for (int i = 0; i < 400; i++) {
            ByteBuf packet = Unpooled.buffer();
            DataPacket.writeHeader(packet, SeqNo.plus(FIRST, i), i % 3, MsgNo.FIRST + i, 1000 * i, 7);
            packet.writeInt(i).writeZero(i % 30);
            data.add(packet);
            encoder.onSent(packet);
            while (encoder.isDue()) {
                ByteBuf extra = Unpooled.buffer();
                encoder.writeDue(extra, DataPacket.KK_PLAIN, 7);
                extras.add(extra);
            }
        }
    }

    /** The extra packet that follows this data packet: of its row, or of its column. */
    private ByteBuf extra(int after, boolean ofRow) {
        return extras.stream()
                .filter(e -> DataPacket.seqNo(e) == SeqNo.plus(FIRST, after)
                        && (e.getUnsignedByte(16) == FecMatrix.ROW) == ofRow)
                .findFirst()
                .orElseThrow();
    }

    /** Data packets, but for these, and no extra ones. */
    private void receive(int from, int to, Integer... lost) {
        for (int i = from; i <= to; i++) {
            newest = i;
            if (!Set.of(lost).contains(i)) {
                decoder.onData(data.get(i), 0);
            }
        }
    }

    private boolean isGivenUp(int number) {
        return decoder.isGivenUp(SeqNo.plus(FIRST, number));
    }

    @Test
    void aRowIsGivenUpAThirdOfItAfterItsEnd() {
        begin(ROWS);
        receive(0, 5, 1, 3);
        assertThat(events).isEmpty();
        assertThat(isGivenUp(1)).isFalse();
        assertThat(isGivenUp(-1)).as("before the first").isTrue();
        receive(6, 6);
        assertThat(events).containsExactly("1 given up by 6", "3 given up by 6");
        assertThat(isGivenUp(4)).isTrue();
        assertThat(isGivenUp(5)).isFalse();
        receive(7, 30, 9);
        assertThat(events).hasSize(3).contains("9 given up by 11");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                EVEN + ";6;16",
                EVEN + ";8;18",
                EVEN + ";46;56",
                COLUMNS + ";6;16",
                STAIRCASE + ";6;21",
                STAIRCASE + ";46;61"
            })
    void aColumnIsGivenUpARowAndAThirdAfterItsEnd(String filter, int number, int last) {
        begin(filter);
        receive(0, last + 6, number);
        assertThat(events).isEmpty();
        assertThat(isGivenUp(number)).isFalse();
        receive(last + 7, last + 7);
        assertThat(events).containsExactly(number + " given up by " + (last + 7));
        assertThat(isGivenUp(number)).isTrue();
        assertThat(isGivenUp(last + 1)).isFalse();
        receive(last + 8, 200);
        assertThat(events).hasSize(1);
    }

    @Test
    void whatPrecedesTheFirstGroupOfAStaircasesColumnIsGivenUpForItself() {
        begin(STAIRCASE);
        // Columns begin with 0, 6, 12, 18 and, after four steps, 4.
        receive(0, 7, 1, 2);
        assertThat(isGivenUp(1)).isFalse();
        assertThat(events).isEmpty();
        receive(8, 8);
        assertThat(events).containsExactly("1 given up by 8");
        assertThat(isGivenUp(1)).isTrue();
        receive(9, 30);
        assertThat(events).containsExactly("1 given up by 8", "2 given up by 9");
    }

    @Test
    void aGroupIsRebuiltByItsExtraPacketAlsoIfThatComesFirst() {
        begin(ROWS);
        receive(0, 3, 1);
        decoder.onExtra(extra(4, true), 0);
        assertThat(events).isEmpty();
        receive(4, 4);
        assertThat(events).containsExactly("1 rebuilt by 4");
        begin(COLUMNS);
        receive(0, 15, 6, 16);
        decoder.onExtra(extra(16, false), 0);
        assertThat(events).isEmpty();
        receive(16, 16);
        assertThat(events).containsExactly("6 rebuilt by 16");
        receive(17, 60);
        assertThat(events).hasSize(1);
    }

    @Test
    void whatIsRebuiltInAColumnCompletesARowAndSoOn() {
        begin(EVEN);
        receive(0, 19, 5, 6, 11, 12);
        decoder.onExtra(extra(9, true), 0);
        decoder.onExtra(extra(14, true), 0);
        decoder.onExtra(extra(16, false), 0);
        assertThat(events).as("two are missing of each of these").isEmpty();
        decoder.onExtra(extra(15, false), 0);
        assertThat(events)
                .containsExactly("5 rebuilt by 19", "6 rebuilt by 19", "11 rebuilt by 19", "12 rebuilt by 19");
    }

    @Test
    void anExtraPacketOfUseMayComeFourMatricesLate() {
        begin(EVEN);
        // 4 times 20 and 5 packets, and what makes that a power of two.
        receive(0, 127, 2);
        decoder.onExtra(extra(4, true), 0);
        assertThat(events).containsExactly("2 given up by 24", "2 rebuilt by 127");
        begin(EVEN);
        receive(0, 127, 5);
        decoder.onExtra(extra(15, false), 0);
        assertThat(events).containsExactly("5 given up by 22", "5 rebuilt by 127");
    }

    @Test
    void whatIsOlderIsForgotten() {
        begin(EVEN);
        receive(0, 128, 2);
        decoder.onExtra(extra(4, true), 0);
        assertThat(events).containsExactly("2 given up by 24");
        begin(EVEN);
        receive(0, 128, 5);
        decoder.onExtra(extra(15, false), 0);
        assertThat(events).containsExactly("5 given up by 22");
    }

    @Test
    void anExtraPacketOfAnotherColumnThanItsPlaceSaysIsIgnored() {
        begin(COLUMNS);
        receive(0, 16, 6);
        ByteBuf wrong = extra(16, false).copy();
        wrong.setByte(16, 2);
        decoder.onExtra(wrong, 0);
        wrong.setByte(16, FecMatrix.ROW);
        decoder.onExtra(wrong, 0);
        assertThat(events).isEmpty();
        decoder.onExtra(extra(16, false), 0);
        assertThat(events).containsExactly("6 rebuilt by 16");
    }

    @Test
    void anExtraPacketThatCarriesNoPayloadIsIgnored() {
        begin(ROWS);
        receive(0, 4, 1);
        ByteBuf good = extra(4, true);
        decoder.onExtra(good.copy(0, 20), 0);
        decoder.onExtra(good.copy(0, 17), 0);
        decoder.onExtra(good, 0);
        assertThat(events).containsExactly("1 rebuilt by 4");
    }

    @Test
    void anExtraPacketIsBelievedFourRowsAheadAtMost() {
        begin(ROWS);
        receive(0, 3, 1);
        ByteBuf far = extra(24, true).copy();
        far.setInt(0, SeqNo.plus(FIRST, 24));
        decoder.onExtra(far, 0);
        assertThat(events).as("21 ahead").isEmpty();
        far.setInt(0, SeqNo.plus(FIRST, 23));
        decoder.onExtra(far, 0);
        assertThat(events).contains("1 given up by 3", "15 given up by 3").doesNotContain("20 given up by 3");
    }

    @Test
    void aPacketThatIsTooLongTakesNoPart() {
        begin(ROWS);
        receive(0, 3, 1);
        ByteBuf tooLong = data.get(1).copy().writeZero(PAYLOAD_SIZE);
        decoder.onData(tooLong, 0);
        receive(4, 4);
        decoder.onExtra(extra(4, true), 0);
        assertThat(events).containsExactly("1 rebuilt by 4");
    }

    @Test
    void aSecondCopyChangesNothing() {
        begin(ROWS);
        receive(0, 4, 1);
        receive(2, 2);
        decoder.onExtra(extra(4, true), 0);
        decoder.onExtra(extra(4, true), 0);
        receive(1, 4);
        assertThat(events).hasSize(1);
    }
}
