// SPDX-License-Identifier: Apache-2.0
package io.medicloud.srt.packet;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class SeqNoTest {
    @Property
    void distanceUndoesPlusOverEveryWrap(
            @ForAll @IntRange(min = 0) int seqNo, @ForAll @IntRange(min = -0x3FFFFFFF, max = 0x3FFFFFFF) int count) {
        assertThat(SeqNo.distance(seqNo, SeqNo.plus(seqNo, count))).isEqualTo(count);
        assertThat(SeqNo.isValid(SeqNo.plus(seqNo, count))).isTrue();
    }

    @Property
    void nextAndPreviousAreNeighbours(@ForAll @IntRange(min = 0) int seqNo) {
        assertThat(SeqNo.previous(SeqNo.next(seqNo))).isEqualTo(seqNo);
        assertThat(SeqNo.distance(seqNo, SeqNo.next(seqNo))).isEqualTo(1);
        assertThat(SeqNo.isBefore(seqNo, SeqNo.next(seqNo))).isTrue();
        assertThat(SeqNo.later(seqNo, SeqNo.next(seqNo))).isEqualTo(SeqNo.next(seqNo));
    }

    @Test
    void theLargestNumberIsFollowedByZero() {
        assertThat(SeqNo.next(SeqNo.MAX)).isZero();
        assertThat(SeqNo.previous(0)).isEqualTo(SeqNo.MAX);
    }

    @Test
    void messageNumbersSkipZero() {
        assertThat(MsgNo.next(MsgNo.MAX)).isEqualTo(1);
        assertThat(MsgNo.plus(MsgNo.MAX, 1)).isEqualTo(1);
        assertThat(MsgNo.plus(1, -1)).isEqualTo(MsgNo.MAX);
    }

    @Property
    void aTimestampIsUnwrappedToTheNearestTurn(
            @ForAll long near, @ForAll @IntRange(min = -1_000_000_000, max = 1_000_000_000) int offset) {
        assertThat(SrtTimestamp.unwrap(SrtTimestamp.of(near + offset), near)).isEqualTo(near + offset);
    }
}
