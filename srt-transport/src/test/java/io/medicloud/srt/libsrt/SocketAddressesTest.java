// SPDX-License-Identifier: Apache-2.0
package io.medicloud.srt.libsrt;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.bytedeco.javacpp.BytePointer;

final class SocketAddressesTest {

    @Property(tries = 200)
    void anAddressComesBackAsItWas(
            @ForAll @Size(16) byte[] ip, @ForAll boolean six, @ForAll @IntRange(max = 65_535) int port)
            throws Exception {
        byte[] bytes = six ? ip : java.util.Arrays.copyOf(ip, 4);
        InetSocketAddress address = new InetSocketAddress(InetAddress.getByAddress(bytes), port);
        try (BytePointer pointer = SocketAddresses.toNative(address)) {
            assertThat(SocketAddresses.fromNative(pointer)).isEqualTo(address);
        }
    }
}
