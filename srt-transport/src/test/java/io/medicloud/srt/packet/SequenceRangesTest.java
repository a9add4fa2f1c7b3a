// SPDX-License-Identifier: Apache-2.0
package io.medicloud.srt.packet;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A range of sequence numbers runs forwards, in a loss report and in a request to drop alike. */
class SequenceRangesTest {
    @ParameterizedTest
    @CsvSource({
        "10, 10, NONE",
        "10, 11, NONE",
        "0x7FFFFFFF, 3, NONE",
        "11, 10, BAD_SEQUENCE_RANGE",
        "3, 0x7FFFFFFF, BAD_SEQUENCE_RANGE",
        "0, 0x40000000, BAD_SEQUENCE_RANGE",
    })
    void aRangeThatRunsBackwardsIsNone(String first, String last, PacketFault fault) {
        assertThat(check(first, last)).containsOnly(fault);
    }

    @ParameterizedTest
    @CsvSource({"10, 0x80000011", "10, 0xFFFFFFFF"})
    void aNumberHasThirtyOneBits(String first, String last) {
        assertThat(check(first, last)).containsOnly(PacketFault.BAD_SEQUENCE_RANGE);
    }

    private static PacketFault[] check(String first, String last) {
        int from = (int) (long) Long.decode(first);
        int to = (int) (long) Long.decode(last);
        ByteBuf drop = Unpooled.buffer();
        ControlPacket.writeDropRequest(drop, 0, from, to, 0, 0x11);
        ByteBuf report = Unpooled.buffer();
        ControlPacket.writeHeader(report, ControlType.NAK, 0, 0, 0, 0x11);
        report.writeInt(from | 0x8000_0000).writeInt(to);
        return new PacketFault[] {SrtPacket.check(drop), SrtPacket.check(report)};
    }
}
