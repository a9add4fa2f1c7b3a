// SPDX-License-Identifier: Apache-2.0
package io.medicloud.mpegts.es;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PcmHeaderTest {
    /** number_channels is 0 for two, 3 for eight (SMPTE ST 302, 6.3). */
    @ParameterizedTest
    @CsvSource({"0, 2", "1, 4", "2, 6", "3, 8"})
    void itTellsTheChannels(int numberChannels, int channels) {
        ByteBuf data = Unpooled.wrappedBuffer(new byte[] {9, 9, 0x12, 0x34, (byte) (numberChannels << 6), 0});
        assertThat(PcmHeader.read(data, 2, 6)).isEqualTo(new AudioHeader("s302m", 48_000, channels));
    }

    @Test
    void aHeaderThatIsCutTellsNothing() {
        assertThat(PcmHeader.read(Unpooled.wrappedBuffer(new byte[3]), 0, 3)).isNull();
    }
}
