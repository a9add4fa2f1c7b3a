// SPDX-License-Identifier: Apache-2.0
package io.medicloud.srt.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.RecvByteBufAllocator.ExtendedHandle;
import io.netty.channel.socket.nio.NioDatagramChannel;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** How long one reading of a socket goes on. */
final class DatagramAllocatorTest {
    private static final int SLOT = 1536;

    private final UnpooledByteBufAllocator allocator = new UnpooledByteBufAllocator(true, true);

    @AfterEach
    void nothingLeaks() {
        assertThat(allocator.metric().usedDirectMemory()).isZero();
    }

    private DatagramAllocator begun(boolean inBatches) {
        DatagramAllocator reading = new DatagramAllocator(allocator, SLOT, inBatches);
        reading.newHandle().reset(new NioDatagramChannel().config());
        return reading;
    }

    /** The channel offers room, and fills it with so many datagrams. */
    private void read(DatagramAllocator reading, int datagrams) {
        ByteBuf room = reading.newHandle().allocate(allocator);
        reading.newHandle().incMessagesRead(datagrams);
        room.release();
    }

    private static boolean goesOn(DatagramAllocator reading) {
        return ((ExtendedHandle) reading.newHandle()).continueReading(() -> true);
    }

    @ParameterizedTest
    @CsvSource({"true, 4, true", "true, 3, false", "false, 1, true", "false, 0, false"})
    void itGoesOnWhileThereIsMoreThanWasRoomFor(boolean inBatches, int datagrams, boolean goesOn) {
        DatagramAllocator reading = begun(inBatches);
        read(reading, datagrams);
        assertThat(goesOn(reading)).isEqualTo(goesOn);
        assertThat(reading.lastRead()).isEqualTo(datagrams);
        reading.release();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aChannelThatIsClosedFromWithinAReadingIsReadNoFurther(boolean inBatches) {
        DatagramAllocator reading = begun(inBatches);
        read(reading, 4);
        reading.release();
        assertThat(goesOn(reading)).isFalse();
    }
}
