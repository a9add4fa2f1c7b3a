// SPDX-License-Identifier: Apache-2.0
package io.medicloud.mpegts.packet;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;

class TimesTest {
    private static final long LAST = Pts.WRAP - 1;

    @Property
    void aPtsIsReadAsItWasWritten(@ForAll @LongRange(max = LAST) long pts) {
        ByteBuf data = Unpooled.buffer()
                .writeByte((int) (0x21 | (pts >>> 29 & 0x0E)))
                .writeShort((int) (pts >>> 14 | 1))
                .writeShort((int) (pts << 1 | 1));
        assertThat(Pts.read(data, 0)).isEqualTo(pts);
    }

    @Property
    void aPcrIsReadAsItWasWritten(
            @ForAll @LongRange(max = LAST) long base, @ForAll @LongRange(max = 299) long extension) {
        ByteBuf data =
                Unpooled.buffer().writeInt((int) (base >>> 1)).writeShort((int) (base << 15 | 0x7E00 | extension));
        assertThat(Pcr.read(data, 0)).isEqualTo(base * 300 + extension);
        assertThat(Pcr.base(Pcr.read(data, 0))).isEqualTo(base);
    }

    @Property
    void distancesGoTheShortWayRound(
            @ForAll @LongRange(max = LAST) long from, @ForAll @LongRange(min = -LAST / 2, max = LAST / 2) long step) {
        assertThat(Pts.distance(from, Math.floorMod(from + step, Pts.WRAP))).isEqualTo(step);
        assertThat(Pcr.distance(from * 300, Math.floorMod((from + step) * 300, Pcr.WRAP)))
                .isEqualTo(step * 300);
    }

    @Property
    void aClockRunsOnOverAnyWrapInSmallStepsEitherWay(
            @ForAll @LongRange(max = LAST) long start,
            @ForAll List<@LongRange(min = -900_000, max = 900_000) Long> steps) {
        PtsClock clock = new PtsClock();
        long time = clock.unroll(start);
        assertThat(time).isEqualTo(start);
        for (long step : steps) {
            time += step;
            assertThat(clock.peek(Math.floorMod(time, Pts.WRAP))).isEqualTo(time);
            assertThat(clock.unroll(Math.floorMod(time, Pts.WRAP))).isEqualTo(time);
        }
        clock.reset();
        assertThat(clock.isRunning()).isFalse();
        assertThat(clock.unroll(5)).isEqualTo(5);
    }

    @Test
    void zeroIsAnOrdinaryTime() {
        PtsClock clock = new PtsClock();
        clock.unroll(LAST);
        assertThat(clock.unroll(0)).isEqualTo(Pts.WRAP);
        assertThat(clock.unroll(LAST)).isEqualTo(LAST);
    }
}
