// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.node;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** The nodes' way to a server of NATS, on which the answer to a write can be lost: it is written, and nobody who wrote it hears of it. */
final class NatsWay implements AutoCloseable {
    private static final int BYTES = 64 * 1024;
    /** More than {@code PUB}, a subject and a blank. */
    private static final int KEPT = 80;

    private final int server;
    private final ServerSocket listener;
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private volatile @Nullable String subject;
    private volatile boolean isCut;

    NatsWay(int server) throws IOException {
        this.server = server;
        this.listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        start(this::accept);
    }

    int port() {
        return listener.getLocalPort();
    }

    /** Whoever writes next to that subject hears nothing from then on, and cannot connect anew; others go on. */
    void loseAnswerTo(String written) {
        subject = written;
    }

    /** Has such a write passed? */
    boolean isCut() {
        return isCut;
    }

    /** All is well again for those who connect. */
    void heal() {
        subject = null;
        isCut = false;
    }

    private static void start(Runnable work) {
        Thread thread = new Thread(work, "nats-way");
        thread.setDaemon(true);
        thread.start();
    }

    private void accept() {
        try {
            while (true) {
                Socket client = listener.accept();
                sockets.add(client);
                if (isCut) {
                    client.close();
                    continue;
                }
                connect(client);
            }
        } catch (IOException e) {
            close();
        }
    }

    private void connect(Socket client) throws IOException {
        Socket to;
        try {
            to = new Socket(InetAddress.getLoopbackAddress(), server);
        } catch (IOException e) {
            // The server is away; others may come once it is back.
            client.close();
            return;
        }
        sockets.add(to);
        boolean[] isDeaf = new boolean[1];
        start(() -> pass(client, to, isDeaf, true));
        start(() -> pass(to, client, isDeaf, false));
    }

    private void pass(Socket from, Socket to, boolean[] isDeaf, boolean isRequest) {
        byte[] bytes = new byte[BYTES];
        try (from;
                to) {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            String last = "";
            for (int count = in.read(bytes); count >= 0; count = in.read(bytes)) {
                String written = subject;
                // A command may come in pieces.
                String all = last + new String(bytes, 0, count, StandardCharsets.ISO_8859_1);
                last = all.substring(Math.max(0, all.length() - KEPT));
                if (isRequest && written != null && all.contains("PUB " + written + " ")) {
                    synchronized (isDeaf) {
                        isDeaf[0] = true;
                        isCut = true;
                        subject = null;
                    }
                }
                boolean isLost;
                synchronized (isDeaf) {
                    isLost = isDeaf[0] && !isRequest;
                }
                if (!isLost) {
                    out.write(bytes, 0, count);
                }
            }
        } catch (IOException e) {
            // One end has closed it.
            sockets.remove(to);
        }
    }

    @Override
    public void close() {
        try {
            listener.close();
            for (Socket socket : sockets) {
                socket.close();
            }
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
