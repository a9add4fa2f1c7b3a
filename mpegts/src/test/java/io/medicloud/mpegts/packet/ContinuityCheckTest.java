// SPDX-License-Identifier: Apache-2.0
package io.medicloud.mpegts.packet;

import static io.medicloud.mpegts.packet.ContinuityCheck.ANNOUNCED;
import static io.medicloud.mpegts.packet.ContinuityCheck.BROKEN;
import static io.medicloud.mpegts.packet.ContinuityCheck.DUPLICATE;
import static io.medicloud.mpegts.packet.ContinuityCheck.IN_ORDER;
import static io.medicloud.mpegts.packet.ContinuityCheck.REPEATED;
import static org.assertj.core.api.Assertions.assertThat;

import io.medicloud.testdata.AdaptationField;
import io.medicloud.testdata.PacketBuilder;
import io.medicloud.testdata.TsWriter;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

/** ISO/IEC 13818-1, 2.4.3.3. */
class ContinuityCheckTest {
    private static final int PID = 0x123;

    private final ContinuityCheck check = new ContinuityCheck();

    private int step(PacketBuilder packet) {
        ByteBuf data = Unpooled.wrappedBuffer(new TsWriter().packet(packet).toByteArray());
        return check.step(data, 0, data.getInt(0));
    }

    private static PacketBuilder payload(int counter, int content) {
        return PacketBuilder.of(PID).counter(counter).payload((byte) content);
    }

    private static PacketBuilder empty(int counter) {
        return PacketBuilder.of(PID).counter(counter).adaptationField(new AdaptationField().pcr(counter));
    }

    @Test
    void theFirstPacketIsInOrderWhateverItsCounter() {
        assertThat(check.isSeen(PID)).isFalse();
        assertThat(step(payload(9, 1))).isEqualTo(IN_ORDER);
        assertThat(check.isSeen(PID)).isTrue();
        assertThat(check.last(PID)).isEqualTo(9);
    }

    @Test
    void countersStepWithPayloadAndWrapAtSixteen() {
        for (int i = 0; i < 40; i++) {
            assertThat(step(payload(i, i))).isEqualTo(IN_ORDER);
        }
    }

    @Test
    void packetsWithoutPayloadDoNotStep() {
        step(payload(3, 1));
        assertThat(step(empty(3))).isEqualTo(IN_ORDER);
        assertThat(step(empty(3))).isEqualTo(IN_ORDER);
        assertThat(step(payload(4, 2))).isEqualTo(IN_ORDER);
        assertThat(step(empty(5))).isEqualTo(BROKEN);
        assertThat(step(payload(6, 3))).isEqualTo(IN_ORDER);
    }

    @Test
    void oneLossIsOneError() {
        step(payload(1, 1));
        assertThat(step(payload(5, 2))).isEqualTo(BROKEN);
        assertThat(step(payload(6, 3))).isEqualTo(IN_ORDER);
    }

    @Test
    void aPacketMayComeTwiceButNotThreeTimes() {
        step(payload(1, 7));
        assertThat(step(payload(1, 7))).isEqualTo(DUPLICATE);
        assertThat(step(payload(1, 7))).isEqualTo(REPEATED);
        assertThat(step(payload(2, 8))).isEqualTo(IN_ORDER);
        assertThat(step(payload(2, 8))).isEqualTo(DUPLICATE);
    }

    @Test
    void otherBytesUnderTheSameCounterAreNoCopy() {
        step(payload(1, 7));
        assertThat(step(payload(1, 8))).isEqualTo(BROKEN);
    }

    @Test
    void aCopyBehindAPacketWithoutPayloadIsNoCopy() {
        step(payload(1, 7));
        step(empty(1));
        assertThat(step(payload(1, 7))).isEqualTo(BROKEN);
    }

    @Test
    void anAnnouncedDiscontinuityIsNoError() {
        step(payload(1, 1));
        assertThat(step(payload(9, 2).adaptationField(new AdaptationField().discontinuity())))
                .isEqualTo(ANNOUNCED);
        assertThat(step(payload(10, 3))).isEqualTo(IN_ORDER);
        assertThat(step(empty(3).adaptationField(new AdaptationField().discontinuity())))
                .isEqualTo(ANNOUNCED);
        assertThat(step(payload(4, 4))).isEqualTo(IN_ORDER);
    }

    @Test
    void pidsCountForThemselvesAndNullPacketsNotAtAll() {
        step(payload(1, 1));
        assertThat(step(PacketBuilder.of(PID + 1).counter(7).payload((byte) 1))).isEqualTo(IN_ORDER);
        assertThat(step(payload(2, 1))).isEqualTo(IN_ORDER);
        assertThat(step(PacketBuilder.of(Pid.NULL).counter(3).payload((byte) 1)))
                .isEqualTo(IN_ORDER);
        assertThat(step(PacketBuilder.of(Pid.NULL).counter(9).payload((byte) 1)))
                .isEqualTo(IN_ORDER);
    }

    @Test
    void aResetForgets() {
        step(payload(1, 1));
        check.reset();
        assertThat(check.hasCarried(PID)).isFalse();
        assertThat(step(payload(9, 1))).isEqualTo(IN_ORDER);
    }

    /** Any packets of a few PIDs: those that are passed by are in order, and what is said of the others does not depend on it. */
    @Property(tries = 300)
    void passingByChangesNoVerdict(@ForAll @Size(max = 60) List<@IntRange(max = 0xFFFF) Integer> packets) {
        ByteBuf data = data(packets);
        int[] attention = new int[Pid.COUNT];
        Arrays.fill(attention, ContinuityCheck.UNEVEN);
        attention[1] |= TsPacket.UNIT_START;
        attention[2] = ContinuityCheck.ALWAYS;
        ContinuityCheck passing = new ContinuityCheck();
        ContinuityCheck stepping = new ContinuityCheck();
        for (int at = 0; at < packets.size(); ) {
            int passed = passing.pass(data, at * TsPacket.SIZE, packets.size() - at, attention);
            for (int i = 0; i < passed; i++, at++) {
                int header = data.getInt(at * TsPacket.SIZE);
                assertThat(header & attention[TsPacket.pid(header)] & ~ContinuityCheck.UNEVEN)
                        .isZero();
                assertThat(stepping.step(data, at * TsPacket.SIZE, header)).isEqualTo(IN_ORDER);
            }
            if (at < packets.size()) {
                int header = data.getInt(at * TsPacket.SIZE);
                assertThat(passing.step(data, at * TsPacket.SIZE, header))
                        .isEqualTo(stepping.step(data, at * TsPacket.SIZE, header));
                assertThat(passing.last(TsPacket.pid(header))).isEqualTo(stepping.last(TsPacket.pid(header)));
                at++;
            }
        }
    }

    /** A run is of one PID, with nothing but payload and all in order, ends where that ends, and leaves the counters as they would be. */
    @Property(tries = 300)
    void aRunIsPassedByToItsEnd(@ForAll @Size(max = 60) List<@IntRange(max = 0xFFFF) Integer> packets) {
        ByteBuf data = data(packets);
        ContinuityCheck running = new ContinuityCheck();
        ContinuityCheck stepping = new ContinuityCheck();
        for (int at = 0; at < packets.size(); ) {
            int pid = TsPacket.pid(data.getInt(at * TsPacket.SIZE));
            int passed = running.passRun(data, at * TsPacket.SIZE, packets.size() - at);
            for (int i = 0; i < passed; i++, at++) {
                assertThat(isInRun(data, at, pid, stepping)).isTrue();
                assertThat(stepping.step(data, at * TsPacket.SIZE, data.getInt(at * TsPacket.SIZE)))
                        .isEqualTo(IN_ORDER);
            }
            if (at < packets.size()) {
                assertThat(isInRun(data, at, pid, stepping)).isFalse();
                int header = data.getInt(at * TsPacket.SIZE);
                assertThat(running.step(data, at * TsPacket.SIZE, header))
                        .isEqualTo(stepping.step(data, at * TsPacket.SIZE, header));
                at++;
            }
        }
    }

    @Test
    void transportPriorityEndsNoRun() {
        step(payload(3, 1));
        ByteBuf data = Unpooled.buffer(2 * TsPacket.SIZE);
        data.writeInt(0x47000010 | PID << 8 | 4).writeZero(184);
        data.writeInt(0x47000010 | PID << 8 | 5 | TsPacket.PRIORITY).writeZero(184);
        assertThat(check.passRun(data, 0, 2)).isEqualTo(2);
        assertThat(check.last(PID)).isEqualTo(5);
        assertThat(check.step(data, TsPacket.SIZE, data.getInt(TsPacket.SIZE))).isEqualTo(DUPLICATE);
    }

    private static boolean isInRun(ByteBuf data, int at, int pid, ContinuityCheck before) {
        int next = 0x47000000 | pid << 8 | TsPacket.PAYLOAD | ((before.last(pid) + 1) & 0x0F);
        return before.isSeen(pid) && data.getInt(at * TsPacket.SIZE) == next;
    }

    private static ByteBuf data(List<Integer> packets) {
        ByteBuf data = Unpooled.buffer(packets.size() * TsPacket.SIZE);
        int[] counters = new int[4];
        for (int random : packets) {
            int pid = random & 3;
            boolean payload = (random & 0x1C) != 0;
            counters[pid] += payload ? 1 : 0;
            counters[pid] = (random & 0x1E0) == 0 ? random >>> 9 : counters[pid];
            int header = 0x47000000 | pid << 8 | (payload ? 0x10 : 0x20) | (counters[pid] & 0x0F);
            data.writeInt((random & 0x600) == 0 ? header | TsPacket.UNIT_START : header);
            data.writeInt(0).writeZero(172).writeLong(random >>> 10);
        }
        return data;
    }
}
