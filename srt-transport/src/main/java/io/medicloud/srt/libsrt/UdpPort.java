// SPDX-License-Identifier: Apache-2.0
package io.medicloud.srt.libsrt;

import io.medicloud.srt.libsrt.binding.LibSrt;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import org.bytedeco.javacpp.BytePointer;

/**
 * A UDP socket that we bind and libsrt then uses. It belongs to the listener or connection that it was bound for and to
 * the connections accepted on it; with the last of them its port is free again at once, although libsrt keeps the
 * descriptor for some seconds.
 */
final class UdpPort {

    private static final int EACCES = 13;
    private static final int EADDRINUSE = 98;
    private static final int EADDRNOTAVAIL = 99;

    private final int descriptor;
    private final long identity;
    private final InetSocketAddress address;
    private int users = 1;

    private UdpPort(int descriptor, InetSocketAddress address) {
        this.descriptor = descriptor;
        this.identity = LibSrt.medicloud_udp_identity(descriptor);
        this.address = address;
    }

    /** Binds; the caller is its first user. */
    static UdpPort bind(InetSocketAddress local, int ipv6Only) throws IOException {
        try (BytePointer name = SocketAddresses.toNative(local)) {
            int descriptor = LibSrt.medicloud_udp_bind(name, (int) name.capacity(), ipv6Only);
            if (descriptor < 0) {
                throw failed(local, -descriptor);
            }
            return new UdpPort(descriptor, addressOf(descriptor));
        }
    }

    private static InetSocketAddress addressOf(int descriptor) throws IOException {
        try (BytePointer name = new BytePointer(SocketAddresses.MOST_BYTES)) {
            int length = LibSrt.medicloud_udp_address(descriptor, name, SocketAddresses.MOST_BYTES);
            if (length < 0) {
                LibSrt.medicloud_udp_close(descriptor);
                throw new IOException("getsockname failed with error " + -length);
            }
            return SocketAddresses.fromNative(name);
        }
    }

    private static IOException failed(InetSocketAddress local, int error) {
        String where = local.getAddress().getHostAddress() + ", UDP port " + local.getPort();
        return switch (error) {
            case EADDRINUSE -> new BindException(where + ": already in use");
            case EADDRNOTAVAIL -> new BindException(where + ": not an address of this machine");
            case EACCES -> new BindException(where + ": not permitted");
            default -> new IOException(where + ": bind failed with error " + error);
        };
    }

    /** Hands the socket to libsrt, which closes it some time after its last user. */
    void giveTo(int socket) throws IOException {
        if (LibSrt.srt_bind_acquire(socket, descriptor) != 0) {
            // libsrt has closed the descriptor: it fails while it sets the socket's options.
            throw SocketOptions.failure("libsrt could not set up " + address);
        }
    }

    /** Closes a socket that libsrt was not given. */
    void discard() {
        LibSrt.medicloud_udp_close(descriptor);
    }

    InetSocketAddress address() {
        return address;
    }

    synchronized void retain() {
        users++;
    }

    synchronized void release() {
        if (--users == 0) {
            LibSrt.medicloud_udp_release(descriptor, identity);
        }
    }
}
