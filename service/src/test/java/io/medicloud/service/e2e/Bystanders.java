// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.medicloud.service.grpc.TestEncoder;
import io.medicloud.service.proto.GetStreamInfoRequest;
import io.medicloud.service.proto.LivestreamGrpc.LivestreamBlockingStub;
import io.medicloud.service.proto.StartPullStreamRequest;
import io.medicloud.service.proto.StopPullStreamRequest;
import io.medicloud.srt.SrtStack;
import io.medicloud.srt.SrtStacks;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.Awaitility;

/** Two streams that run while something is done to the service, and must lose nothing by it. */
final class Bystanders implements AutoCloseable {
    static final String PASSPHRASE = "of-the-bystanders";
    private static final List<String> IDS = List.of("beside-1", "beside-2");
    private static final Duration LENGTH = Duration.ofSeconds(4);
    private static final byte[] MEDIA = TestEncoder.stream(LENGTH);

    private final ServiceProcess service;
    private final LivestreamBlockingStub client;
    private final SrtStack stack;
    private final List<Publisher> publishers = new ArrayList<>();

    /** Has them run; segments come by the time it returns. */
    Bystanders(ServiceProcess service) throws Exception {
        this(service, service.client());
    }

    /** @param client who may start and stop them */
    Bystanders(ServiceProcess service, LivestreamBlockingStub client) throws Exception {
        this.service = service;
        this.client = client;
        this.stack = SrtStacks.select("java").stack();
        for (String id : IDS) {
            int port = client.startPullStream(StartPullStreamRequest.newBuilder()
                            .setLiveId(id)
                            .setPassphrase(PASSPHRASE)
                            .build())
                    .getPort();
            publishers.add(
                    new Publisher(stack, port, PASSPHRASE, MEDIA, Long.MAX_VALUE, MEDIA.length / LENGTH.toSeconds()));
        }
        for (String id : IDS) {
            Awaitility.await(id)
                    .atMost(Duration.ofSeconds(60))
                    .until(() -> !service.bucket(id).segments().isEmpty());
        }
    }

    /** Ends them: every byte that was sent is in the segments, in its place, over one connection. */
    void assertWhole() throws Exception {
        publishers.forEach(Publisher::close);
        for (int i = 0; i < IDS.size(); i++) {
            String id = IDS.get(i);
            long sent = publishers.get(i).sent();
            assertThat(sent).as(id).isPositive();
            Awaitility.await(id)
                    .atMost(Duration.ofSeconds(30))
                    .untilAsserted(() -> assertThat(client.getStreamInfo(GetStreamInfoRequest.newBuilder()
                                            .setLiveId(id)
                                            .build())
                                    .getReceivedBytes())
                            .as(id)
                            .isEqualTo(sent));
            client.stopPullStream(
                    StopPullStreamRequest.newBuilder().setLiveId(id).build());
            Awaitility.await(id)
                    .atMost(Duration.ofSeconds(30))
                    .untilAsserted(() -> assertThat(service.bucket(id).joinedBytes(repeated(sent)))
                            .as(id)
                            .isEqualTo(sent));
        }
    }

    private static byte[] repeated(long length) {
        byte[] all = new byte[Math.toIntExact(length)];
        for (int at = 0; at < all.length; at += MEDIA.length) {
            System.arraycopy(MEDIA, 0, all, at, Math.min(MEDIA.length, all.length - at));
        }
        return all;
    }

    @Override
    public void close() {
        publishers.forEach(Publisher::close);
        stack.close();
    }
}
