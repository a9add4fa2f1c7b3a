// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.otlp;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Stands before a server, passes on what comes, and keeps what was asked, as it was on the wire. */
final class RecordingRelay implements AutoCloseable {
    private final ServerSocket listener = new ServerSocket(0, 64, InetAddress.getLoopbackAddress());
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private final ByteArrayOutputStream asked = new ByteArrayOutputStream();
    private final int target;

    RecordingRelay(int target) throws IOException {
        this.target = target;
        run(this::accept);
    }

    int port() {
        return listener.getLocalPort();
    }

    /** All requests, one behind the other. */
    String asked() {
        return asked.toString(StandardCharsets.ISO_8859_1);
    }

    private void accept() throws IOException {
        while (true) {
            Socket client = listener.accept();
            Socket server = new Socket(InetAddress.getLoopbackAddress(), target);
            sockets.add(client);
            sockets.add(server);
            run(() -> pass(client, server, true));
            run(() -> pass(server, client, false));
        }
    }

    private void pass(Socket from, Socket to, boolean isKept) throws IOException {
        try (from;
                to) {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            byte[] some = new byte[8192];
            for (int count = in.read(some); count >= 0; count = in.read(some)) {
                if (isKept) {
                    asked.write(some, 0, count);
                }
                out.write(some, 0, count);
            }
        }
    }

    private interface Work {
        void run() throws IOException;
    }

    private static void run(Work work) {
        Thread thread = new Thread(() -> {
            try {
                work.run();
            } catch (IOException e) {
                return; // one of both has gone
            }
        });
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void close() throws IOException {
        listener.close();
        for (Socket socket : sockets) {
            socket.close();
        }
    }
}
