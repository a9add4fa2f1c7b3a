// SPDX-License-Identifier: Apache-2.0
package io.medicloud.testdata;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class HelpersTest {
    @Property
    void chunksJoinToWhatWasCut(@ForAll byte[] data, @ForAll long seed, @ForAll @IntRange(min = 1, max = 40) int most) {
        List<Integer> sizes = new ArrayList<>();
        ByteArrayOutputStream joined = new ByteArrayOutputStream();
        try (LeakGuard guard = new LeakGuard()) {
            ChunkSplitter.random(seed, 1, most).lend(data, guard.allocator(), chunk -> {
                byte[] bytes = new byte[chunk.readableBytes()];
                chunk.readBytes(bytes);
                joined.writeBytes(bytes);
                sizes.add(bytes.length);
            });
            assertThat(guard.allocated()).isEqualTo(sizes.size());
            assertThat(guard.allocatedBytes()).isEqualTo(data.length);
        }
        assertThat(joined.toByteArray()).isEqualTo(data);
        assertThat(sizes).allMatch(size -> size >= 1 && size <= most);
        List<Integer> again = new ArrayList<>();
        ChunkSplitter.random(seed, 1, most).split(data, bytes -> again.add(bytes.length));
        assertThat(again).isEqualTo(sizes);
    }

    @Test
    void aBufferThatIsKeptIsFound() {
        LeakGuard guard = new LeakGuard();
        ByteBuf heap = guard.allocator().heapBuffer(10);
        ByteBuf direct = guard.allocator().directBuffer(10);
        ByteBuf kept = direct.retainedSlice(0, 1);
        heap.release();
        direct.release();
        assertThatThrownBy(guard::close)
                .isInstanceOf(AssertionError.class)
                .hasMessage("1 of 2 buffers were not released");
        kept.release();
        guard.close();
        assertThat(guard.live()).isZero();
    }

    @Test
    void virtualTimeMovesOnlyForward() {
        VirtualClock clock = new VirtualClock(5);
        clock.advance(Duration.ofMillis(1));
        assertThat(clock.nowUs()).isEqualTo(1_005);
        assertThatThrownBy(() -> clock.advanceTo(1_004)).isInstanceOf(IllegalArgumentException.class);
        assertThat(clock.nowUs()).isEqualTo(1_005);
    }

    @Test
    void aPeerProgramTellsHowItEnded() throws Exception {
        assertThat(PeerProgram.run(Duration.ofSeconds(10), "sh", "-c", "echo out; echo err >&2; exit 3"))
                .isEqualTo(new PeerProgram.Result(3, "out\n", "err\n"));
        try (PeerProgram sleeper = PeerProgram.start("sleep", "60")) {
            assertThatThrownBy(() -> sleeper.await(Duration.ofMillis(10))).isInstanceOf(AssertionError.class);
            sleeper.signal("TERM");
            assertThat(sleeper.await(Duration.ofSeconds(10)).exitStatus()).isEqualTo(128 + 15);
        }
        assertThat(PeerProgram.isInstalled("no-program-has-this-name")).isFalse();
    }
}
