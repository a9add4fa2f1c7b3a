// SPDX-License-Identifier: Apache-2.0
package io.medicloud.srt.libsrt;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Pointer;

/** {@code sockaddr_in} and {@code sockaddr_in6} as Linux has them. */
final class SocketAddresses {

    /** The size of the larger one. */
    static final int MOST_BYTES = 28;

    private static final short AF_INET = 2;
    private static final short AF_INET6 = 10;
    private static final int IN_BYTES = 16;

    private SocketAddresses() {}

    /** A new pointer to the address, its capacity the address's size: close it. */
    static BytePointer toNative(InetSocketAddress address) {
        byte[] ip = address.getAddress().getAddress();
        boolean six = address.getAddress() instanceof Inet6Address;
        ByteBuffer bytes = ByteBuffer.allocate(six ? MOST_BYTES : IN_BYTES).order(ByteOrder.nativeOrder());
        bytes.putShort(six ? AF_INET6 : AF_INET);
        bytes.order(ByteOrder.BIG_ENDIAN).putShort((short) address.getPort());
        if (six) {
            bytes.putInt(0);
        }
        bytes.put(ip);
        if (address.getAddress() instanceof Inet6Address scoped) {
            bytes.order(ByteOrder.nativeOrder()).putInt(scoped.getScopeId());
        }
        return new BytePointer(bytes.array());
    }

    /** Reads what libsrt or the system wrote. */
    static InetSocketAddress fromNative(Pointer sockaddr) {
        BytePointer pointer = new BytePointer(sockaddr);
        ByteBuffer head = ByteBuffer.wrap(read(pointer, 4));
        boolean six = head.order(ByteOrder.nativeOrder()).getShort(0) == AF_INET6;
        ByteBuffer bytes = ByteBuffer.wrap(read(pointer, six ? MOST_BYTES : IN_BYTES));
        byte[] ip = new byte[six ? 16 : 4];
        bytes.get(six ? 8 : 4, ip);
        try {
            return new InetSocketAddress(InetAddress.getByAddress(ip), bytes.getShort(2) & 0xFFFF);
        } catch (UnknownHostException e) {
            throw new IllegalStateException(e);
        }
    }

    private static byte[] read(BytePointer pointer, int length) {
        byte[] bytes = new byte[length];
        pointer.capacity(length).get(bytes);
        return bytes;
    }
}
