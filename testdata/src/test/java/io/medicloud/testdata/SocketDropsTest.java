// SPDX-License-Identifier: Apache-2.0
package io.medicloud.testdata;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

@EnabledOnOs(OS.LINUX)
class SocketDropsTest {
    private static final int SMALL = 4096;
    private static final int DATAGRAMS = 2000;

    @Test
    void whatASocketHasNoRoomForIsCountedAtItsPort() throws Exception {
        InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        try (DatagramSocket full = new DatagramSocket(any);
                DatagramSocket other = new DatagramSocket(any)) {
            full.setReceiveBufferSize(SMALL);
            assertThat(SocketDrops.of(Set.of(full.getLocalPort()))).isZero();
            byte[] datagram = new byte[1000];
            for (int i = 0; i < DATAGRAMS; i++) {
                other.send(new DatagramPacket(datagram, datagram.length, full.getLocalSocketAddress()));
            }
            assertThat(SocketDrops.of(Set.of(full.getLocalPort()))).isBetween(1L, (long) DATAGRAMS);
            assertThat(SocketDrops.of(Set.of(other.getLocalPort()))).isZero();
            assertThat(SocketDrops.of(Set.of())).isZero();
        }
    }
}
