// SPDX-License-Identifier: Apache-2.0
package io.medicloud.pipeline.support;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** Stands in front of a server and does to its connections what bad networks and tired servers do. */
public final class FaultyProxy implements AutoCloseable {
    /** What happens to a new connection. */
    public enum Mood {
        PASS,
        /** Cut after the first bytes of the request. */
        RESET,
        /** 503 SlowDown, whatever is asked. */
        SLOW_DOWN,
        /** 403 AccessDenied, whatever is asked. */
        DENIED,
        /** The request is taken, the server gets it, its answer is thrown away. */
        LOSE_ANSWER
    }

    private final ServerSocket listener;
    private final int target;
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private final AtomicInteger connections = new AtomicInteger();
    private volatile Mood mood = Mood.PASS;

    private FaultyProxy(int target) throws IOException {
        this.target = target;
        this.listener = new ServerSocket(0, 64, InetAddress.getLoopbackAddress());
    }

    public static FaultyProxy before(int port) throws IOException {
        FaultyProxy proxy = new FaultyProxy(port);
        run(proxy::accept);
        return proxy;
    }

    public int port() {
        return listener.getLocalPort();
    }

    /** From now on; connections that are open are cut. */
    public void setMood(Mood next) {
        mood = next;
        sockets.forEach(FaultyProxy::closeQuietly);
    }

    /** How many connections have come. */
    public int connections() {
        return connections.get();
    }

    private void accept() throws IOException {
        while (true) {
            Socket client = listener.accept();
            sockets.add(client);
            connections.incrementAndGet();
            run(() -> serve(client));
        }
    }

    private void serve(Socket client) throws IOException {
        switch (mood) {
            case PASS -> pass(client, true);
            case LOSE_ANSWER -> pass(client, false);
            case RESET -> {
                client.getInputStream().readNBytes(1000);
                client.setSoLinger(true, 0);
                closeQuietly(client);
            }
            case SLOW_DOWN -> answer(client, "503 Slow Down", "SlowDown");
            case DENIED -> answer(client, "403 Forbidden", "AccessDenied");
        }
    }

    private void pass(Socket client, boolean withAnswers) throws IOException {
        Socket server = new Socket(InetAddress.getLoopbackAddress(), target);
        sockets.add(server);
        run(() -> copy(client, server));
        if (withAnswers) {
            copy(server, client);
        } else {
            server.getInputStream().read();
            closeQuietly(client);
        }
    }

    private static void copy(Socket from, Socket to) throws IOException {
        try (from;
                to) {
            from.getInputStream().transferTo(to.getOutputStream());
        }
    }

    private static void answer(Socket client, String status, String code) throws IOException {
        try (client) {
            String head = readHead(client.getInputStream());
            int length = lengthIn(head);
            client.getInputStream().skipNBytes(length);
            String body = head.startsWith("HEAD")
                    ? ""
                    : "<?xml version=\"1.0\"?><Error><Code>" + code + "</Code><Message>" + code + "</Message></Error>";
            OutputStream out = client.getOutputStream();
            out.write(("HTTP/1.1 " + status + "\r\nContent-Type: application/xml\r\nContent-Length: " + body.length()
                            + "\r\nConnection: close\r\n\r\n" + body)
                    .getBytes(StandardCharsets.US_ASCII));
            out.flush();
        }
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

    private static void run(Work work) {
        Thread thread = new Thread(
                () -> {
                    try {
                        work.run();
                    } catch (IOException e) {
                        // A cut connection is what this is for.
                    }
                },
                "faulty-proxy");
        thread.setDaemon(true);
        thread.start();
    }

    private static void closeQuietly(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            // Closed anyway.
        }
    }

    @Override
    public void close() throws IOException {
        listener.close();
        sockets.forEach(FaultyProxy::closeQuietly);
    }
}
