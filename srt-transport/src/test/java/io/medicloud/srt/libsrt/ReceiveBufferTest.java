// SPDX-License-Identifier: Apache-2.0
package io.medicloud.srt.libsrt;

import static org.assertj.core.api.Assertions.assertThat;

import io.medicloud.testdata.LeakGuard;
import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ReceiveBufferTest {

    @Test
    void messagesLieOneBehindTheOther() {
        try (LeakGuard guard = new LeakGuard()) {
            ReceiveBuffer buffer = new ReceiveBuffer(guard.allocator());
            long first = buffer.room();
            ByteBuf message = buffer.message(1316);
            assertThat(message.readerIndex()).isZero();
            assertThat(message.readableBytes()).isEqualTo(1316);
            assertThat(buffer.room()).isEqualTo(first + 1316);
            assertThat(buffer.message(188)).isSameAs(message);
            assertThat(message.readerIndex()).isEqualTo(1316);
            assertThat(message.readableBytes()).isEqualTo(188);
            buffer.release();
        }
    }

    @Test
    void aBufferOfWhichNothingWasKeptIsUsedAgain() {
        try (LeakGuard guard = new LeakGuard()) {
            ReceiveBuffer buffer = new ReceiveBuffer(guard.allocator());
            for (int i = 0; i < 1000; i++) {
                buffer.room();
                buffer.message(1316);
            }
            assertThat(guard.allocated()).isEqualTo(1);
            buffer.release();
        }
    }

    @Test
    void aBufferOfWhichASliceWasKeptLivesAsLongAsTheSlice() {
        try (LeakGuard guard = new LeakGuard()) {
            ReceiveBuffer buffer = new ReceiveBuffer(guard.allocator());
            List<ByteBuf> kept = new ArrayList<>();
            for (int i = 0; i < 200; i++) {
                buffer.room();
                ByteBuf message = buffer.message(1316);
                message.setByte(message.readerIndex(), i);
                kept.add(message.retainedSlice());
            }
            buffer.release();
            for (int i = 0; i < 200; i++) {
                assertThat(kept.get(i).getByte(0)).isEqualTo((byte) i);
            }
            assertThat(guard.allocated()).isBetween(5L, 6L);
            assertThat(guard.live()).isEqualTo(guard.allocated());
            kept.forEach(ByteBuf::release);
            assertThat(guard.live()).isZero();
        }
    }
}
