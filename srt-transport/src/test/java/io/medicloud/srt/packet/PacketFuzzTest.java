// SPDX-License-Identifier: Apache-2.0
package io.medicloud.srt.packet;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;

/** Every parser of a datagram: handshake, extensions, key material, acknowledgement, loss list. */
class PacketFuzzTest {
    @FuzzTest
    void anyDatagramGetsAVerdictAndIsReadWithinItsBounds(byte[] input) {
        ByteBuf datagram = Unpooled.wrappedBuffer(input);
        if (SrtPacket.check(datagram) == PacketFault.NONE) {
            AnyBytesTest.readEverything(datagram);
        }
        assertThat(datagram.readerIndex()).isZero();
        assertThat(datagram.writerIndex()).isEqualTo(input.length);
    }
}
