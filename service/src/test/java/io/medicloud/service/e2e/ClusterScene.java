// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.e2e;

import io.medicloud.service.cluster.NatsServers;
import io.medicloud.service.proto.StartPullStreamRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** Nodes that are one service, as processes of their own, with a store and servers of NATS. */
abstract class ClusterScene extends ChaosScene {
    private static final String KEY = Base64.getEncoder().encodeToString(new byte[32]);

    private final List<@Nullable ServiceProcess> nodes = new CopyOnWriteArrayList<>();
    private @Nullable NatsServers nats;
    private int storePort;
    private int firstPort;
    private int ports;
    /** Of the nodes. */
    String stack = "auto";

    /** Starts so many nodes; all have the same ports, as each would on a machine of its own. */
    void begin(NatsServers servers, int storeAt, int count, int portCount) throws Exception {
        nats = servers;
        storePort = storeAt;
        ports = portCount;
        firstPort = Ports.freeUdp(portCount);
        for (int i = 0; i < count; i++) {
            nodes.add(null);
        }
        List<CompletableFuture<Void>> boots = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int index = i;
            boots.add(CompletableFuture.runAsync(() -> {
                try {
                    boot(index);
                } catch (Exception e) {
                    throw new CompletionException(e);
                }
            }));
        }
        CompletableFuture.allOf(boots.toArray(CompletableFuture[]::new)).join();
    }

    void boot(int index) throws Exception {
        NatsServers servers = nats;
        if (servers == null) {
            throw new IllegalStateException("not begun");
        }
        Path home = Files.createDirectories(directory.resolve("node" + index));
        Map<String, String> minio = Map.of(
                "MINIO_ENDPOINT", "http://127.0.0.1:" + storePort,
                "MINIO_ACCESS_KEY", "access",
                "MINIO_SECRET_KEY", "secret-key",
                "MINIO_BUCKET", "chaos",
                "MEDICLOUD_JAVA_OPTS", "-Xmx256m");
        ServiceProcess node = ServiceProcess.launch(
                home,
                minio,
                firstPort,
                ports,
                "cluster.nats=" + String.join(",", servers.urls()),
                "cluster.replicas=" + servers.count(),
                "cluster.node=node" + index,
                "security.recordKey=" + KEY,
                "segment.duration=1s",
                "stream.reconnectWindow=10m",
                "thumbnails.enabled=false",
                "pull.allow=127.0.0.0/8",
                "srt.host=127.0.0.1",
                "shutdown.timeout=10s",
                "srt.latency=" + LATENCY_MS + "ms",
                "srt.stack=" + stack);
        nodes.set(index, node);
        node.awaitReady();
    }

    ServiceProcess node(int index) {
        ServiceProcess node = nodes.get(index);
        if (node == null) {
            throw new IllegalStateException("node " + index + " does not run");
        }
        return node;
    }

    void kill(int index) throws Exception {
        node(index).kill();
        nodes.set(index, null);
    }

    /** In peace: its streams move. */
    void end(int index) throws Exception {
        node(index).close();
        nodes.set(index, null);
    }

    void endAll() {
        for (ServiceProcess node : nodes) {
            if (node != null) {
                node.close();
            }
        }
    }

    /** How each node sees it. */
    String logs() {
        StringBuilder text = new StringBuilder();
        for (ServiceProcess node : nodes) {
            text.append(node == null ? "(does not run)" : node.log()).append("\n----\n");
        }
        return text.toString();
    }

    static int start(ServiceProcess by, String id, String sourceUrl) {
        return by.client()
                .startPullStream(StartPullStreamRequest.newBuilder()
                        .setLiveId(id)
                        .setPassphrase(PASSPHRASE)
                        .setSourceUrl(sourceUrl)
                        .build())
                .getPort();
    }
}
