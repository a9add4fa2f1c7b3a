// SPDX-License-Identifier: Apache-2.0
package io.medicloud.srt.libsrt;

import io.medicloud.srt.SrtOptions;
import io.medicloud.srt.SrtSink;
import io.medicloud.srt.libsrt.binding.LibSrt;
import java.io.IOException;
import java.net.InetSocketAddress;
import org.bytedeco.javacpp.BytePointer;

/** Begins connections from this side: as a caller, or in rendezvous. */
final class Dialer {

    private final SocketLoop loop;
    private final SrtOptions options;
    private final boolean rendezvous;

    Dialer(SocketLoop loop, SrtOptions options, boolean rendezvous) {
        this.loop = loop;
        this.options = options;
        this.rendezvous = rendezvous;
    }

    LibSrtConnection dial(InetSocketAddress local, InetSocketAddress remote, SrtSink sink) throws IOException {
        UdpPort port = UdpPort.bind(local, SocketLoop.ipv6Only(options));
        int socket = loop.open(port, options, rendezvous);
        LibSrtConnection connection = new LibSrtConnection(
                loop, new LibSrtConnection.Link(socket, port, remote, options.streamId()), options, sink);
        try (BytePointer name = SocketAddresses.toNative(remote)) {
            // Before the call: its outcome may come at once.
            loop.add(socket, connection, LibSrt.SRT_EPOLL_OUT | LibSrt.SRT_EPOLL_ERR);
            if (LibSrt.srt_connect(socket, name, (int) name.capacity()) != 0) {
                connection.onDialFailed(
                        SocketOptions.failure("cannot call " + remote).getMessage());
            }
        }
        return connection;
    }
}
