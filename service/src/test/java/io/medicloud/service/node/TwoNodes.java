// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.node;

import com.linecorp.armeria.client.grpc.GrpcClientBuilder;
import com.linecorp.armeria.client.grpc.GrpcClients;
import io.medicloud.service.cluster.NatsServers;
import io.medicloud.service.e2e.Ports;
import io.medicloud.service.grpc.ServiceUnderTest;
import io.medicloud.service.proto.LivestreamGrpc.LivestreamBlockingStub;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.gaul.s3proxy.S3Proxy;
import org.gaul.s3proxy.auth.AuthenticationType;
import org.gaul.s3proxy.nio2blob.FilesystemNio2BlobStore;

/** Two nodes that are one service, in this process, with one server of NATS and a store. */
final class TwoNodes {
    private static final int PORTS = 8;

    private final List<ServiceUnderTest> nodes = new ArrayList<>();
    private final Path directory;
    private final NatsServers nats;
    private final NatsWay way;
    private final S3Proxy store;

    /**
     * Starts them.
     *
     * @param directory each node's own is {@code node0} and {@code node1} in it
     */
    TwoNodes(Path directory, String... settings) throws Exception {
        this.directory = directory;
        nats = new NatsServers(directory, 1);
        way = new NatsWay(URI.create(nats.urls().get(0)).getPort());
        int storePort = Ports.freeTcp();
        Path objects =
                Files.createDirectories(directory.resolve("store/bucket")).getParent();
        store = S3Proxy.builder()
                .blobStore(new FilesystemNio2BlobStore(objects.toString()))
                .awsAuthentication(AuthenticationType.AWS_V2_OR_V4, "access", "secret-key")
                .endpoint(URI.create("http://127.0.0.1:" + storePort))
                .build();
        boolean isStarted = false;
        try {
            store.start();
            for (int i = 0; i < 2; i++) {
                nodes.add(node(directory, i, storePort, settings));
            }
            isStarted = true;
        } finally {
            if (!isStarted) {
                close();
            }
        }
    }

    private ServiceUnderTest node(Path directory, int index, int storePort, String... settings) throws Exception {
        List<String> all = new ArrayList<>(List.of(
                "cluster.nats=" + natsUrl(),
                "cluster.replicas=1",
                "cluster.node=node" + index,
                "security.recordKey=" + Base64.getEncoder().encodeToString(new byte[32]),
                "store.endpoint=http://127.0.0.1:" + storePort,
                "store.accessKey=access",
                "store.secretKey=secret-key",
                "store.bucket=bucket",
                "thumbnails.enabled=false"));
        all.addAll(List.of(settings));
        return new ServiceUnderTest(
                Files.createDirectories(directory.resolve("node" + index)), PORTS, all.toArray(String[]::new));
    }

    List<ServiceUnderTest> nodes() {
        return nodes;
    }

    NatsWay way() {
        return way;
    }

    /** Where the objects of a stream are. */
    Path objects(String liveId) {
        return directory.resolve("store/bucket").resolve(liveId);
    }

    String natsUrl() {
        return "nats://127.0.0.1:" + way.port();
    }

    /** Asks one of them. */
    LivestreamBlockingStub client(int node, String token) {
        return client(node, token, false);
    }

    /** As a node asks that passes a call on; anybody can say so. */
    LivestreamBlockingStub passingOn(int node, String token) {
        return client(node, token, true);
    }

    private LivestreamBlockingStub client(int node, String token, boolean isPassedOn) {
        GrpcClientBuilder client = GrpcClients.builder(
                "gproto+http://127.0.0.1:" + nodes.get(node).service().grpcPort() + "/");
        if (!token.isEmpty()) {
            client.addHeader("authorization", "Bearer " + token);
        }
        if (isPassedOn) {
            client.addHeader("medicloud-node", "anybody");
        }
        return client.build(LivestreamBlockingStub.class);
    }

    void close() throws Exception {
        nodes.forEach(ServiceUnderTest::close);
        store.stop();
        way.close();
        nats.close();
    }
}
