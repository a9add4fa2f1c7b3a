// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.medicloud.service.proto.GetStreamInfoRequest;
import io.medicloud.service.proto.LivestreamGrpc.LivestreamBlockingStub;
import io.medicloud.service.proto.StartPullStreamRequest;
import io.medicloud.service.proto.UpdateStreamRequest;
import io.medicloud.service.proto.UpdateStreamResponse;
import io.medicloud.srt.SrtStack;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of a second encoder of one stream: its own policy, at its start and while it runs, whatever that of the others is. */
final class TakeoverPolicyTest {
    private static final String PASSPHRASE = "0123456789abcdef";
    private static final byte[] MEDIA = TestEncoder.stream(Duration.ofSeconds(2));
    private static final int PATIENCE_S = 30;

    @TempDir
    private Path directory;

    private SrtStack encoders;
    private ServiceUnderTest service;
    private LivestreamBlockingStub client;

    @BeforeEach
    void start() {
        encoders = ServiceUnderTest.stack();
    }

    private void use(String... settings) throws Exception {
        service = new ServiceUnderTest(directory, 4, settings);
        client = service.client(LivestreamBlockingStub.class);
    }

    @AfterEach
    void end() {
        service.close();
        encoders.close();
    }

    private int begin(String liveId, String takeover) {
        return client.startPullStream(StartPullStreamRequest.newBuilder()
                        .setLiveId(liveId)
                        .setPassphrase(PASSPHRASE)
                        .setTakeover(takeover)
                        .build())
                .getPort();
    }

    private UpdateStreamResponse update(String liveId, String takeover) {
        return client.updateStream(UpdateStreamRequest.newBuilder()
                .setLiveId(liveId)
                .setTakeover(takeover)
                .build());
    }

    private TestEncoder encoder(int port) throws Exception {
        return new TestEncoder(encoders, port, PASSPHRASE).connected();
    }

    private long received(String liveId) {
        return client.getStreamInfo(
                        GetStreamInfoRequest.newBuilder().setLiveId(liveId).build())
                .getReceivedBytes();
    }

    /** Sends without a pause: one that is silent for a second gives way under every policy. */
    private CompletableFuture<Void> keepSending(String liveId, TestEncoder encoder, AtomicBoolean isEnough) {
        long before = received(liveId);
        CompletableFuture<Void> sending = CompletableFuture.runAsync(() -> {
            while (!isEnough.get()) {
                encoder.send(MEDIA);
            }
        });
        await().until(() -> received(liveId) > before);
        return sending;
    }

    private void assertRefused(String liveId, int port, TestEncoder first) throws Exception {
        AtomicBoolean isEnough = new AtomicBoolean();
        CompletableFuture<Void> sending = keepSending(liveId, first, isEnough);
        assertThatThrownBy(() -> encoder(port)).isInstanceOf(IOException.class).hasMessageContaining("CONFLICT");
        isEnough.set(true);
        sending.get(PATIENCE_S, TimeUnit.SECONDS);
        assertThat(first.isClosed()).isFalse();
    }

    /** The newcomer, in the place of the other. */
    private TestEncoder replace(String liveId, int port, TestEncoder first) throws Exception {
        CompletableFuture<Void> sending = keepSending(liveId, first, new AtomicBoolean());
        TestEncoder next = encoder(port);
        next.send(MEDIA);
        await().until(first::isClosed);
        assertThatThrownBy(() -> sending.get(PATIENCE_S, TimeUnit.SECONDS))
                .hasMessageContaining("the connection is gone");
        return next;
    }

    @Test
    void whereNewcomersAreTurnedAwayOneStreamTakesThemAndNoLongerWhenThatIsChanged() throws Exception {
        use();
        int own = begin("own", "replace");
        int other = begin("other", "");
        try (TestEncoder first = encoder(own);
                TestEncoder beside = encoder(other)) {
            assertRefused("other", other, beside);
            try (TestEncoder second = replace("own", own, first)) {
                assertThat(update("own", "refuse").getChangedList()).containsExactly("takeover");
                assertRefused("own", own, second);
            }
        }
    }

    @Test
    void whereTheyWinOneStreamTurnsThemAwayUntilItIsAsConfiguredAgain() throws Exception {
        use("stream.takeover=replace");
        int own = begin("own", "refuse");
        try (TestEncoder first = encoder(own)) {
            assertRefused("own", own, first);
            assertThat(update("own", "").getTakeover()).isEmpty();
            replace("own", own, first).close();
        }
    }

    @Test
    void itIsKeptAcrossARestart() throws Exception {
        use();
        begin("own", "refuse");
        int port = begin("other", "");
        assertThat(update("other", "replace").getTakeover()).isEqualTo("replace");
        String ports = "srt.ports=" + service.ports();
        service.close();
        use(ports);

        assertThat(update("own", "refuse").getChangedList()).isEmpty();
        try (TestEncoder first = encoder(port)) {
            replace("other", port, first).close();
        }
    }

    @Test
    void anotherWordIsNamed() throws Exception {
        use("pull.allow=127.0.0.0/8");
        begin("own", "");

        assertThatThrownBy(() -> update("own", "Replace"))
                .hasMessage("INVALID_ARGUMENT: takeover: must be refuse, replace or empty; 'Replace' is none");
        assertThatThrownBy(() -> begin("second", "both")).hasMessageStartingWith("INVALID_ARGUMENT: takeover: ");
        assertThatThrownBy(() -> client.startPullStream(StartPullStreamRequest.newBuilder()
                        .setLiveId("pulled")
                        .setPassphrase(PASSPHRASE)
                        .setSourceUrl("srt://127.0.0.1:9")
                        .setTakeover("refuse")
                        .build()))
                .hasMessage("INVALID_ARGUMENT: takeover: nobody calls where source_url is called");
    }
}
