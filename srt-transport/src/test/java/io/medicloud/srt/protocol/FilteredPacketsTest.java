// SPDX-License-Identifier: Apache-2.0
package io.medicloud.srt.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import io.medicloud.srt.SrtOption;
import io.medicloud.srt.SrtOptions;
import io.medicloud.srt.SrtPacketFilter;
import io.medicloud.srt.filter.FecEncoder;
import io.medicloud.srt.packet.DataPacket;
import io.medicloud.srt.packet.MsgNo;
import io.medicloud.srt.packet.SeqNo;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a session with a packet filter rebuilds, asks for, and sends beside its data. */
class FilteredPacketsTest {
    private static final int WIRE_PAYLOAD = 1452;
    private static final String ROWS = "fec,cols:4";
    private LoneSession end = LoneSession.standard();
    private List<ByteBuf> stream = List.of();

    @AfterEach
    void nothingLeaks() {
        end.end();
    }

    private void begin(String filter) {
        begin(filter, 120);
    }

    private void begin(String filter, int latencyMs) {
        end.end();
        end = LoneSetup.of(SrtOptions.STANDARD.withLatencyMs(latencyMs))
                .filter(filter)
                .begin();
        stream = stream(filter, 60);
    }

    /** As a peer sends it, one packet a millisecond: what is data, and behind it what is due after it. */
    private static List<ByteBuf> stream(String filter, int count) {
        FecEncoder encoder = new FecEncoder(SrtPacketFilter.parse(filter), LoneSession.FIRST, WIRE_PAYLOAD);
        List<ByteBuf> packets = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            ByteBuf packet = LoneSession.packet(i, i * 1000L);
            packets.add(packet);
            encoder.onSent(packet);
            while (encoder.isDue()) {
                ByteBuf extra = Unpooled.buffer();
                encoder.writeDue(extra, DataPacket.KK_PLAIN, LoneSession.SOCKET);
                packets.add(extra);
            }
        }
        return packets;
    }

    /** Sends the stream's packets of these numbers, each in its millisecond; of those that are lost only the extra ones. */
    private void send(int first, int last, Integer... lost) {
        for (ByteBuf packet : stream) {
            int number = SeqNo.distance(LoneSession.FIRST, DataPacket.seqNo(packet));
            boolean isExtra = DataPacket.msgNo(packet) == MsgNo.FILTER;
            if (number >= first && number <= last && (isExtra || !List.of(lost).contains(number))) {
                end.pass(Math.max(0, number * 1000L - end.now()));
                end.say(packet);
            }
        }
    }

    private ByteBuf extraAfter(int number) {
        int seqNo = SeqNo.plus(LoneSession.FIRST, number);
        return stream.stream()
                .filter(p -> DataPacket.seqNo(p) == seqNo && DataPacket.msgNo(p) == MsgNo.FILTER)
                .findFirst()
                .orElseThrow();
    }

    private static Integer[] allOf(int first, int last) {
        List<Integer> all = new ArrayList<>();
        for (int i = first; i <= last; i++) {
            all.add(i);
        }
        return all.toArray(Integer[]::new);
    }

    @Test
    void aLostPacketIsRebuiltAndNeverAskedFor() {
        begin(ROWS);
        send(0, 7, 1);
        end.pass(150_000);
        assertThat(end.delivered).containsExactly(0, 1, 2, 3, 4, 5, 6, 7);
        assertThat(end.reports()).isEmpty();
        assertThat(end.total().pktRcvFilterExtra()).isEqualTo(2);
        assertThat(end.total().pktRcvFilterSupply()).isEqualTo(1);
        assertThat(end.total().pktRcvFilterLoss()).isZero();
        assertThat(end.total().pktRcvLoss()).isEqualTo(1);
        assertThat(end.total().pktRecv()).isEqualTo(9);
        assertThat(end.total().pktRecvUnique()).isEqualTo(8);
        assertThat(end.instant().pktReorderDistance()).as("it is no disorder").isZero();
    }

    @Test
    void theLastPacketOfARowIsRebuiltThoughNoLaterOneShowsItsLoss() {
        begin(ROWS);
        send(0, 3, 3);
        assertThat(end.total().pktRcvLoss()).isEqualTo(1);
        end.pass(150_000);
        assertThat(end.delivered).containsExactly(0, 1, 2, 3);
        assertThat(end.reports()).isEmpty();
    }

    @Test
    void withoutAnAgreedFilterExtraPacketsAreIgnored() {
        begin(ROWS);
        ByteBuf extra = extraAfter(3);
        end.end();
        end = LoneSession.standard();
        end.dataFrom(0, 3);
        end.say(extra);
        end.pass(150_000);
        assertThat(end.delivered).containsExactly(0, 1, 2);
        assertThat(end.total().pktRcvFilterExtra()).isZero();
        assertThat(end.total().pktRecv()).isEqualTo(4);
    }

    @Test
    void onRequestAGapIsReportedWhenItCannotBeRebuiltAnyMore() {
        begin(ROWS);
        send(0, 4, 1, 2);
        assertThat(end.reports()).as("its row may still be late").isEmpty();
        send(5, 6);
        end.pass(1000);
        assertThat(end.total().pktRcvFilterLoss()).isEqualTo(2);
        assertThat(end.reports()).containsExactly("6: 1 2");
    }

    @Test
    void whatIsGivenUpWhenTheGapIsNoticedIsReportedAtOnce() {
        begin(ROWS, 400);
        send(0, 20, allOf(1, 19));
        end.pass(1000);
        // All rows up to 15 have passed; the one from 16 to 19 waits for its extra packet, which came.
        assertThat(end.reports()).containsExactly("20: 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15");
    }

    @Test
    void ifTheStreamPausesAGapIsReportedWhileThereIsTime() {
        begin(ROWS, 400);
        end.measure();
        send(2, 2);
        end.pass(800_000);
        // The round trip of 2 ms is taken three times, and a margin of 20 ms.
        assertThat(end.reports().get(0)).isEqualTo((3 + 400 - 3 * 2 - 20) + ": 1");
    }

    @Test
    void thatIsHalfTheLatencyAtLeast() {
        begin(ROWS, 400);
        send(0, 2, 1);
        end.pass(202_000);
        assertThat(end.reports()).containsExactly("202: 1");
    }

    @Test
    void alwaysReportsAtOnceAndNeverNever() {
        begin(ROWS + ",arq:always");
        send(0, 2, 1);
        assertThat(end.reports()).containsExactly("2: 1");
        begin(ROWS + ",arq:never");
        send(0, 12, 1, 2);
        end.pass(300_000);
        assertThat(end.reports()).isEmpty();
        assertThat(end.delivered).containsExactly(0, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12);
        assertThat(end.total().pktRcvDrop()).isEqualTo(2);
        assertThat(end.total().pktRcvFilterLoss()).isEqualTo(2);
    }

    @Test
    void whatIsRebuiltTooLateIsNotDelivered() {
        begin(ROWS + ",arq:never");
        send(0, 2, 1);
        end.pass(150_000);
        end.say(stream.get(3));
        end.say(extraAfter(3));
        assertThat(end.total().pktRcvFilterSupply()).isEqualTo(1);
        end.pass(150_000);
        assertThat(end.delivered).containsExactly(0, 2, 3);
        assertThat(end.total().pktRecvUnique()).isEqualTo(3);
    }

    @Test
    void aPacketTooLongForTheFilterIsDeliveredAndNotOnceMoreWhenItSeemsRebuilt() {
        begin(ROWS);
        send(0, 0);
        ByteBuf tooLong = LoneSession.packet(1, 1000).writeZero(WIRE_PAYLOAD);
        end.session.onDatagram(tooLong, 50_000_000 + end.now());
        send(2, 3);
        assertThat(end.total().pktRcvFilterSupply()).isEqualTo(1);
        assertThat(end.total().pktRecvUnique()).isEqualTo(4);
        end.pass(150_000);
        assertThat(end.delivered).containsExactly(0, 1, 2, 3);
    }

    @Test
    void packetsBeyondTheBufferDoNotReachTheFilter() {
        begin(ROWS);
        send(0, 2, 1);
        end.data(8192);
        end.say(p -> {
            p.writeBytes(extraAfter(3).duplicate());
            p.setInt(0, SeqNo.plus(LoneSession.FIRST, 8192));
        });
        assertThat(end.total().pktRcvFilterLoss()).as("1 is not given up by it").isZero();
        send(3, 3);
        end.pass(150_000);
        assertThat(end.delivered).containsExactly(0, 1, 2, 3);
    }

    // Sending.

    @Test
    void anExtraPacketFollowsEachRowAndCountsAsSent() {
        begin(ROWS);
        for (int i = 0; i < 9; i++) {
            end.submit(i);
            end.pass(1000);
        }
        assertThat(end.line()).isEqualTo("0 1 2 3 3x 4 5 6 7 7x 8");
        ByteBuf extra = end.sentData().get(4);
        assertThat(DataPacket.payloadLength(extra)).isEqualTo(4 + WIRE_PAYLOAD);
        assertThat(DataPacket.keyFlags(extra)).isEqualTo(DataPacket.KK_PLAIN);
        // Of 0, 1, 2 and 3, each four bytes long.
        assertThat(extra.getInt(16)).isEqualTo(0xFF00_0000);
        assertThat(extra.getInt(20)).isZero();
        assertThat(end.total().pktSndFilterExtra()).isEqualTo(2);
        assertThat(end.total().pktSent()).isEqualTo(11);
        assertThat(end.total().byteSent()).isEqualTo(9 * 48 + 2 * 1500);
        assertThat(end.total().pktSentUnique()).isEqualTo(9);
    }

    @Test
    void retransmissionsDoNotCountForARow() {
        begin(ROWS);
        for (int i = 0; i < 3; i++) {
            end.submit(i);
            end.pass(1000);
        }
        end.nak(1, 1);
        end.submit(3);
        end.pass(1000);
        assertThat(end.line()).isEqualTo("0 1 2 1r 3 3x");
    }

    @Test
    void whereNothingIsEverAskedForTheTailIsNotRepeated() {
        begin(ROWS + ",arq:never");
        end.submit(0);
        end.pass(900_000);
        assertThat(end.line()).isEqualTo("0");
        begin(ROWS);
        end.submit(0);
        end.pass(331_000);
        assertThat(end.line()).contains("0 0r");
    }

    @Test
    void aFilterTakesFourBytesOfTheLongestPayload() {
        end.end();
        end = LoneSetup.of(SrtOptions.STANDARD.with(SrtOption.PAYLOADSIZE, 0))
                .filter(ROWS)
                .begin();
        assertThat(end.session.payloadSize()).isEqualTo(WIRE_PAYLOAD);
    }
}
