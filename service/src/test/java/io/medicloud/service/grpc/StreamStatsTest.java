// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.medicloud.mpegts.packet.TsFault;
import io.medicloud.mpegts.packet.TsPacket;
import io.medicloud.service.Http1;
import io.medicloud.service.proto.GetStreamStatsRequest;
import io.medicloud.service.proto.LivestreamGrpc.LivestreamBlockingStub;
import io.medicloud.service.proto.StartPullStreamRequest;
import io.medicloud.service.proto.StreamStats;
import io.medicloud.srt.SrtStack;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What goes wrong with a stream is in its statistics. */
@Tag("heavy")
final class StreamStatsTest {
    private static final String PASSPHRASE = "correct-horse-battery";
    private static final int MISSING = 5;

    @TempDir
    private Path directory;

    @Test
    void faultsFailedUploadsAndWhatTheKernelDroppedAreTold() throws Exception {
        int nobody;
        try (ServerSocket free = new ServerSocket(0)) {
            nobody = free.getLocalPort();
        }
        try (SrtStack encoders = ServiceUnderTest.stack();
                ServiceUnderTest service = new ServiceUnderTest(
                        directory,
                        2,
                        "store.endpoint=http://127.0.0.1:" + nobody,
                        "store.accessKey=access",
                        "store.secretKey=canary-secret")) {
            LivestreamBlockingStub client = service.client(LivestreamBlockingStub.class);
            int port = client.startPullStream(StartPullStreamRequest.newBuilder()
                            .setLiveId("live")
                            .setPassphrase(PASSPHRASE)
                            .build())
                    .getPort();
            try (TestEncoder encoder = new TestEncoder(encoders, port, PASSPHRASE)) {
                encoder.connected().send(withAGap(TestEncoder.stream(Duration.ofSeconds(4))));
                await().until(() -> stats(client).getSegments().getUploadFailures() > 0
                        && stats(client).getTs().getContinuityErrors() > 0);
                StreamStats stats = stats(client);
                assertThat(metrics(service))
                        .containsPattern("medicloud_stream_upload_failures_total\\{live_id=\"live\"\\} [1-9]")
                        .containsPattern("medicloud_streams_upload_failures_total [1-9]");

                assertThat(stats.getTs().getFaultsMap())
                        .containsOnlyKeys(Stream.of(TsFault.values())
                                .map(fault -> fault.name().toLowerCase(Locale.ROOT))
                                .toList())
                        .containsEntry("continuity", stats.getTs().getContinuityErrors());
                assertThat(stats.getSegments().getLost()).isZero();
                assertThat(stats.getSegments().getRejected()).isZero();
                assumeTrue(Files.exists(Path.of("/proc/self/net/udp")), "what the kernel drops is told by Linux");
                assertThat(stats.getSrt().hasKernelDrops()).isTrue();
            }
        }
    }

    private static String metrics(ServiceUnderTest service) throws Exception {
        return Http1.client()
                .send(
                        HttpRequest.newBuilder(URI.create(
                                        "http://127.0.0.1:" + service.service().httpPort() + "/metrics"))
                                .build(),
                        HttpResponse.BodyHandlers.ofString())
                .body();
    }

    private static StreamStats stats(LivestreamBlockingStub client) {
        return client.getStreamStats(
                GetStreamStatsRequest.newBuilder().setLiveId("live").build());
    }

    /** Some packets are missing. */
    private static byte[] withAGap(byte[] stream) {
        int at = stream.length / 2 / TsPacket.SIZE * TsPacket.SIZE;
        byte[] rest = Arrays.copyOf(stream, stream.length - MISSING * TsPacket.SIZE);
        System.arraycopy(stream, at + MISSING * TsPacket.SIZE, rest, at, rest.length - at);
        return rest;
    }
}
