// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.e2e;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;

/** A server over TLS that keeps what is asked of it, and counts who would not speak with it. */
final class TlsPeer implements AutoCloseable {
    private static final byte[] ANSWER = "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
            .getBytes(StandardCharsets.US_ASCII);

    private final SSLServerSocket listener;
    private final List<String> requests = new CopyOnWriteArrayList<>();
    private final AtomicInteger refused = new AtomicInteger();

    TlsPeer(SSLContext identity) throws IOException {
        listener = (SSLServerSocket)
                identity.getServerSocketFactory().createServerSocket(0, 64, InetAddress.getLoopbackAddress());
        run(this::accept);
    }

    int port() {
        return listener.getLocalPort();
    }

    /** The first lines of what was asked. */
    List<String> requests() {
        return requests;
    }

    /** How many connections ended before anything was asked. */
    int refused() {
        return refused.get();
    }

    private void accept() throws IOException {
        while (true) {
            SSLSocket client = (SSLSocket) listener.accept();
            run(() -> serve(client));
        }
    }

    private void serve(SSLSocket client) throws IOException {
        try (client) {
            InputStream in = new BufferedInputStream(client.getInputStream());
            StringBuilder head = new StringBuilder();
            try {
                client.startHandshake();
                // With TLS 1.3 a client tells of what it does not like after the server's handshake.
                while (head.indexOf("\r\n\r\n") < 0) {
                    int next = in.read();
                    if (next < 0) {
                        throw new IOException("nothing is asked");
                    }
                    head.append((char) next);
                }
            } catch (IOException e) {
                refused.incrementAndGet();
                return;
            }
            requests.add(head.substring(0, head.indexOf("\r\n")));
            in.skipNBytes(head.toString()
                    .toLowerCase(Locale.ROOT)
                    .lines()
                    .filter(line -> line.startsWith("content-length:"))
                    .mapToLong(line -> Long.parseLong(line.substring(15).strip()))
                    .findFirst()
                    .orElse(0));
            client.getOutputStream().write(ANSWER);
        }
    }

    private interface Work {
        void run() throws IOException;
    }

    private static void run(Work work) {
        Thread thread = new Thread(
                () -> {
                    try {
                        work.run();
                    } catch (IOException e) {
                        // The test is over, or the other side is gone.
                    }
                },
                "tls-peer");
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void close() {
        try {
            listener.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
