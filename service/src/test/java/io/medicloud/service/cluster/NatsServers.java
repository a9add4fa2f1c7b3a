// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.cluster;

import io.medicloud.service.e2e.Peers;
import io.medicloud.service.e2e.Ports;
import io.medicloud.testdata.PeerProgram;
import io.nats.client.Connection;
import io.nats.client.Nats;
import io.nats.client.Options;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.Awaitility;

/** Servers of NATS as processes of their own, on loopback: one, or a cluster. */
public final class NatsServers implements AutoCloseable {
    private static final Duration START = Duration.ofSeconds(30);

    private final Path directory;
    private final List<Integer> ports = new ArrayList<>();
    private final List<Integer> routes = new ArrayList<>();
    private final List<PeerProgram> servers = new ArrayList<>();
    private String authorization = "";

    /** Starts so many. */
    public NatsServers(Path directory, int count) throws IOException {
        Peers.require("nats-server");
        this.directory = directory;
        for (int i = 0; i < count; i++) {
            ports.add(Ports.freeTcp());
            routes.add(Ports.freeTcp());
        }
        boolean isStarted = false;
        try {
            for (int i = 0; i < count; i++) {
                servers.add(launch(i));
            }
            isStarted = true;
        } finally {
            if (!isStarted) {
                close();
            }
        }
    }

    private PeerProgram launch(int index) throws IOException {
        Path config = configure(index);
        PeerProgram server = PeerProgram.start("nats-server", "-c", config.toString());
        boolean isReady = false;
        try {
            Awaitility.await("nats-server " + index)
                    .atMost(START)
                    .failFast("it has ended", () -> !server.isRunning())
                    .until(() -> server.err().contains("Server is ready"));
            isReady = true;
        } finally {
            if (!isReady) {
                server.close();
            }
        }
        return server;
    }

    private Path configure(int index) throws IOException {
        Path data = Files.createDirectories(directory.resolve("nats" + index));
        StringBuilder text = new StringBuilder("host: 127.0.0.1\nport: " + ports.get(index) + "\nserver_name: n" + index
                + "\njetstream { store_dir: \"" + data + "\", max_mem: 64MB, max_file: 512MB }\n");
        if (ports.size() > 1) {
            text.append("cluster { name: test, host: 127.0.0.1, port: " + routes.get(index) + ", routes: [");
            for (int i = 0; i < routes.size(); i++) {
                text.append(i == index ? "" : "\n nats://127.0.0.1:" + routes.get(i));
            }
            text.append("\n] }\n");
        }
        text.append(authorization);
        return Files.writeString(data.resolveSibling("nats" + index + ".conf"), text);
    }

    /** From now on they let in whoever has this password, and nobody else; those that are connected, too. */
    void admit(String user, String password) throws Exception {
        authorization = "authorization { user: \"" + user + "\", password: \"" + password + "\" }\n";
        for (int i = 0; i < count(); i++) {
            configure(i);
            servers.get(i).signal("HUP");
        }
    }

    public int count() {
        return ports.size();
    }

    /** Where they are, as clients are told. */
    public List<String> urls() {
        return ports.stream().map(port -> "nats://127.0.0.1:" + port).toList();
    }

    public void kill(int index) throws InterruptedException {
        servers.get(index).close();
        servers.get(index).await(START);
    }

    public void restart(int index) throws IOException {
        servers.set(index, launch(index));
    }

    /** It stands still: its connections stay, and nothing comes. */
    public void pause(int index) throws Exception {
        servers.get(index).signal("STOP");
    }

    public void resume(int index) throws Exception {
        servers.get(index).signal("CONT");
    }

    /** Which one leads the servers that keep a stream. */
    public int leaderOf(String stream) throws Exception {
        Connection connection = Nats.connect(
                Options.builder().servers(urls().toArray(String[]::new)).build());
        try {
            String name = connection
                    .jetStreamManagement()
                    .getStreamInfo(stream)
                    .getClusterInfo()
                    .getLeader();
            return Integer.parseInt(name.substring(1));
        } finally {
            connection.close();
        }
    }

    /** What one has logged. */
    public String log(int index) {
        return servers.get(index).err();
    }

    @Override
    public void close() {
        servers.forEach(PeerProgram::close);
    }
}
