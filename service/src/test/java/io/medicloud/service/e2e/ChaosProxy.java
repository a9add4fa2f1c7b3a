// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.e2e;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/** Stands before an S3 store and does to its requests what bad networks and tired stores do; one request a connection. */
final class ChaosProxy implements AutoCloseable {
    /** What happens to a request, from its beginning. */
    enum Mood {
        PASS,
        /** Connections are reset at once. */
        AWAY,
        /** All bodies together pass at {@link #SLOW_BYTES_PER_SECOND}. */
        SLOW,
        /** Three in ten are answered with 503. */
        FLAKY,
        /** Those with a body are reset in the middle of it, three in ten. */
        CUT
    }

    static final int SLOW_BYTES_PER_SECOND = 50_000;
    private static final int FAULTS_IN_TEN = 3;
    private static final int CHUNK = 8192;
    private static final byte[] SLOW_DOWN =
            "<?xml version=\"1.0\"?><Error><Code>SlowDown</Code><Message>Slow down</Message></Error>"
                    .getBytes(StandardCharsets.US_ASCII);

    private final ServerSocket listener = new ServerSocket(0, 128, InetAddress.getLoopbackAddress());
    private final int target;
    private final Random random;
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private final AtomicInteger requests = new AtomicInteger();
    private final Object throttle = new Object();
    private volatile Mood mood = Mood.PASS;

    ChaosProxy(int target, long seed) throws IOException {
        this.target = target;
        this.random = new Random(seed);
        run(this::accept);
    }

    int port() {
        return listener.getLocalPort();
    }

    int requests() {
        return requests.get();
    }

    void set(Mood next) {
        mood = next;
        if (next == Mood.AWAY) {
            sockets.forEach(ChaosProxy::reset);
        }
    }

    private void accept() throws IOException {
        while (true) {
            Socket client = listener.accept();
            sockets.add(client);
            run(() -> {
                try (client) {
                    serve(client);
                } finally {
                    sockets.remove(client);
                }
            });
        }
    }

    private boolean isFault() {
        synchronized (random) {
            return random.nextInt(10) < FAULTS_IN_TEN;
        }
    }

    private void serve(Socket client) throws IOException {
        if (mood == Mood.AWAY) {
            reset(client);
            return;
        }
        String head = readHead(client.getInputStream());
        Mood now = mood;
        requests.incrementAndGet();
        int length = lengthIn(head);
        if (now == Mood.FLAKY && isFault()) {
            client.getInputStream().skipNBytes(length);
            answer(client.getOutputStream(), head.startsWith("HEAD") ? new byte[0] : SLOW_DOWN);
            return;
        }
        try (Socket server = new Socket(InetAddress.getLoopbackAddress(), target)) {
            sockets.add(server);
            run(() -> server.getInputStream().transferTo(client.getOutputStream()), client);
            OutputStream out = server.getOutputStream();
            out.write(head.replaceFirst("\r\n", "\r\nConnection: close\r\n").getBytes(StandardCharsets.ISO_8859_1));
            boolean isCut = now == Mood.CUT && length > CHUNK && isFault();
            copy(client.getInputStream(), out, isCut ? length / 2 : length);
            if (isCut) {
                reset(client);
                return;
            }
            out.flush();
            // Until the answer is through, which closes the client's side.
            while (client.getInputStream().read() >= 0) {
                out.flush();
            }
        }
    }

    private void copy(InputStream in, OutputStream out, int length) throws IOException {
        byte[] chunk = new byte[CHUNK];
        for (int left = length; left > 0; ) {
            int read = in.read(chunk, 0, Math.min(left, chunk.length));
            if (read < 0) {
                throw new IOException("the client ended in its body");
            }
            if (mood == Mood.SLOW) {
                synchronized (throttle) {
                    LockSupport.parkNanos(TimeUnit.SECONDS.toNanos(read) / SLOW_BYTES_PER_SECOND);
                }
            }
            out.write(chunk, 0, read);
            left -= read;
        }
    }

    private static void answer(OutputStream out, byte[] body) throws IOException {
        out.write(("HTTP/1.1 503 Slow Down\r\nContent-Type: application/xml\r\nContent-Length: " + body.length
                        + "\r\nConnection: close\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII));
        out.write(body);
        out.flush();
    }

    private static String readHead(InputStream in) throws IOException {
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            int next = in.read();
            if (next < 0) {
                throw new IOException("the request ends in its head");
            }
            head.append((char) next);
        }
        return head.toString();
    }

    private static int lengthIn(String head) {
        for (String line : head.lines().toList()) {
            if (line.regionMatches(true, 0, "content-length:", 0, 15)) {
                return Integer.parseInt(line.substring(15).trim());
            }
        }
        return 0;
    }

    private interface Work {
        void run() throws IOException;
    }

    private void run(Work work, Socket... closedAfter) {
        Thread thread = new Thread(
                () -> {
                    try {
                        work.run();
                    } catch (IOException e) {
                        // A cut connection is what this is for.
                    }
                    for (Socket socket : closedAfter) {
                        close(socket);
                    }
                },
                "chaos-proxy");
        thread.setDaemon(true);
        thread.start();
    }

    private static void reset(Socket socket) {
        try {
            socket.setSoLinger(true, 0);
            socket.close();
        } catch (IOException e) {
            // Closed anyway.
        }
    }

    private static void close(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            // Closed anyway.
        }
    }

    @Override
    public void close() throws IOException {
        listener.close();
        sockets.forEach(ChaosProxy::close);
    }
}
