// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.otlp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.medicloud.service.Http1;
import io.medicloud.service.grpc.ServiceUnderTest;
import io.medicloud.service.grpc.TestEncoder;
import io.medicloud.service.proto.ListActiveStreamsRequest;
import io.medicloud.service.proto.LivestreamGrpc.LivestreamBlockingStub;
import io.medicloud.service.proto.StartPullStreamRequest;
import io.medicloud.service.proto.StopPullStreamRequest;
import io.medicloud.srt.SrtStack;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The receiver is not there at first: streams do not feel it, what cannot be kept is counted, and what comes later arrives. */
@Tag("heavy")
final class ReceiverAwayTest {
    private static final String PASSPHRASE = "0123456789";
    private static final int QUEUE = 16;
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    private Path directory;

    @ParameterizedTest
    @ValueSource(strings = {"grpc", "http"})
    void nothingIsLostButWhatIsCounted(String protocol) throws Exception {
        int port = freePort();
        try (SrtStack stack = ServiceUnderTest.stack();
                ServiceUnderTest service = new ServiceUnderTest(
                        directory,
                        2,
                        "otlp.endpoint=http://127.0.0.1:" + port,
                        "otlp.protocol=" + protocol,
                        "otlp.queue=" + QUEUE)) {
            LivestreamBlockingStub client = service.client(LivestreamBlockingStub.class);
            byte[] sent = TestEncoder.stream(Duration.ofSeconds(3));
            publish(stack, client, sent);
            await().atMost(PATIENCE).until(() -> {
                for (int i = 0; i < QUEUE; i++) {
                    client.listActiveStreams(ListActiveStreamsRequest.getDefaultInstance());
                }
                return records(service, "dropped") > 0 && records(service, "sent") == 0;
            });
            assertThat(joined(service)).isEqualTo(sent);

            try (OtlpReceiver receiver = new OtlpReceiver(port)) {
                await().atMost(PATIENCE).until(() -> {
                    client.listActiveStreams(ListActiveStreamsRequest.getDefaultInstance());
                    return records(service, "sent") > 0;
                });
                await().atMost(PATIENCE).until(() -> receiver.spans().size() >= records(service, "sent"));
            }
        }
    }

    private static void publish(SrtStack stack, LivestreamBlockingStub client, byte[] stream) throws IOException {
        int port = client.startPullStream(StartPullStreamRequest.newBuilder()
                        .setLiveId("live")
                        .setPassphrase(PASSPHRASE)
                        .build())
                .getPort();
        try (TestEncoder encoder = new TestEncoder(stack, port, PASSPHRASE).connected()) {
            encoder.send(stream);
        }
        client.stopPullStream(
                StopPullStreamRequest.newBuilder().setLiveId("live").build());
    }

    private static byte[] joined(ServiceUnderTest service) throws IOException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (Path segment : service.segments("live")) {
            all.writeBytes(Files.readAllBytes(segment));
        }
        return all.toByteArray();
    }

    private static double records(ServiceUnderTest service, String result) throws Exception {
        URI metrics = URI.create("http://127.0.0.1:" + service.service().httpPort() + "/metrics");
        String text = Http1.client()
                .send(HttpRequest.newBuilder(metrics).build(), BodyHandlers.ofString())
                .body();
        return text.lines()
                .filter(line -> line.startsWith("medicloud_otlp_records_total{")
                        && line.contains("result=\"" + result + "\"")
                        && line.contains("signal=\"traces\""))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .sum();
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
