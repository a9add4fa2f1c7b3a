// SPDX-License-Identifier: Apache-2.0
package io.medicloud.pipeline.support;

import io.medicloud.pipeline.store.S3Config;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** Takes any request whole, and answers it as the test says. Counts what it could send before its caller had enough. */
public final class HostileStore implements AutoCloseable {
    /** Writes an answer; what it throws ends the connection. */
    public interface Answer {
        void write(Peer caller) throws IOException;
    }

    private final ServerSocket listener;
    private final Answer answer;
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private final List<String> requests = new CopyOnWriteArrayList<>();
    private final AtomicLong sent = new AtomicLong();
    private final CountDownLatch closed = new CountDownLatch(1);

    private HostileStore(Answer answer) throws IOException {
        this.answer = answer;
        this.listener = new ServerSocket(0, 64, InetAddress.getLoopbackAddress());
    }

    public static HostileStore answering(Answer answer) throws IOException {
        HostileStore store = new HostileStore(answer);
        run(store::accept);
        return store;
    }

    /** Time limits that a test can wait for. */
    public S3Config config() {
        return S3Config.of("http://127.0.0.1:" + port(), "test-access", "test-secret-key", S3Server.BUCKET)
                .withTimeouts(Duration.ofSeconds(5), Duration.ofSeconds(3), Duration.ofSeconds(5));
    }

    public int port() {
        return listener.getLocalPort();
    }

    /** The first lines of what was asked. */
    public List<String> requests() {
        return requests;
    }

    /** How many bytes of answers were written, to all callers together. */
    public long sent() {
        return sent.get();
    }

    /** Who asks. */
    public final class Peer {
        private final String request;
        private final OutputStream out;

        private Peer(String request, OutputStream out) {
            this.request = request;
            this.out = out;
        }

        public String method() {
            return request.substring(0, request.indexOf(' '));
        }

        public void write(String text) throws IOException {
            write(text.getBytes(StandardCharsets.UTF_8));
        }

        public void write(byte[] bytes) throws IOException {
            out.write(bytes);
            out.flush();
            sent.addAndGet(bytes.length);
        }

        /** Says nothing for so long, or until the store is closed, which ends the answer. */
        public void rest(Duration forSoLong) throws IOException {
            try {
                if (closed.await(forSoLong.toMillis(), TimeUnit.MILLISECONDS)) {
                    throw new IOException("closed");
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException(e);
            }
        }

        /** An answer of that status and type, whose length is told; of HEAD the headers alone. */
        public void answer(String status, String headers, byte[] body) throws IOException {
            write("HTTP/1.1 " + status + "\r\n" + headers + "Content-Length: " + body.length
                    + "\r\nConnection: close\r\n\r\n");
            if (!method().equals("HEAD")) {
                write(body);
            }
        }

        public void xml(String status, String body) throws IOException {
            answer(status, "Content-Type: application/xml\r\n", body.getBytes(StandardCharsets.UTF_8));
        }
    }

    private void accept() throws IOException {
        while (true) {
            Socket client = listener.accept();
            sockets.add(client);
            run(() -> serve(client));
        }
    }

    private void serve(Socket client) throws IOException {
        try (client) {
            InputStream in = new BufferedInputStream(client.getInputStream());
            StringBuilder head = new StringBuilder();
            while (head.indexOf("\r\n\r\n") < 0) {
                int next = in.read();
                if (next < 0) {
                    return;
                }
                head.append((char) next);
            }
            in.skipNBytes(lengthIn(head.toString()));
            String line = head.substring(0, head.indexOf("\r\n"));
            requests.add(line);
            answer.write(new Peer(line, client.getOutputStream()));
            client.shutdownOutput();
            in.transferTo(OutputStream.nullOutputStream());
        }
    }

    private static int lengthIn(String head) {
        return head.lines()
                .filter(line -> line.regionMatches(true, 0, "content-length:", 0, 15))
                .mapToInt(line -> Integer.parseInt(line.substring(15).trim()))
                .findFirst()
                .orElse(0);
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
                        // The caller had enough, or the test is over.
                    }
                },
                "hostile-store");
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void close() throws IOException {
        closed.countDown();
        listener.close();
        for (Socket socket : sockets) {
            socket.close();
        }
    }
}
