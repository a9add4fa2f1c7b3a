// SPDX-License-Identifier: Apache-2.0
package io.medicloud.mpegts.pes;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.medicloud.mpegts.packet.Pts;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;

class PesTrackerFuzzTest {
    /** The first byte of a packet's share tells its length, and whether a PES packet begins in it. */
    @FuzzTest
    void anyPayloadIsFollowedWithinItsBounds(byte[] input) {
        PesTracker tracker = new PesTracker();
        ByteBuf data = Unpooled.wrappedBuffer(input);
        for (int at = 0; at < input.length; ) {
            int from = at + 1;
            int to = from + Math.min(input[at] & 0x7F, input.length - from);
            PesTracker.State state = tracker.onPayload(data, from, to, input[at] < 0);
            assertThat(state).isEqualTo(tracker.state());
            assertThat(tracker.bodyFrom()).isBetween(from, to);
            assertThat(tracker.bodyTo()).isBetween(tracker.bodyFrom(), to);
            if (state == PesTracker.State.STARTED) {
                PesHeader header = tracker.header();
                assertThat(header.length()).isBetween(PesHeader.FIXED, PesHeader.LONGEST);
                assertThat(header.pts() == Pts.NONE || header.pts() >>> 33 == 0).isTrue();
                assertThat(header.dts() == Pts.NONE || header.dts() >>> 33 == 0).isTrue();
                assertThat(header.scramblingControl()).isBetween(0, 3);
            } else if (state != PesTracker.State.BODY) {
                assertThat(tracker.bodyFrom()).isEqualTo(tracker.bodyTo());
            }
            at = to;
        }
    }
}
