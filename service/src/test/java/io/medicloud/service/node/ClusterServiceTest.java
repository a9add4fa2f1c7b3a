// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.medicloud.service.grpc.ServiceUnderTest;
import io.medicloud.service.grpc.TestEncoder;
import io.medicloud.service.proto.DrainNodeRequest;
import io.medicloud.service.proto.GetStreamInfoRequest;
import io.medicloud.service.proto.ListActiveStreamsRequest;
import io.medicloud.service.proto.ListNodesRequest;
import io.medicloud.service.proto.LivestreamGrpc.LivestreamBlockingStub;
import io.medicloud.service.proto.Node;
import io.medicloud.service.proto.StartPullStreamRequest;
import io.medicloud.service.proto.StopPullStreamRequest;
import io.medicloud.service.proto.UpdateStreamRequest;
import io.medicloud.srt.SrtStack;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two nodes that are one service: what each answers of the other's streams. */
final class ClusterServiceTest {
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final String PASSPHRASE = "0123456789abcdef";
    private static final int MOST_OF_A_CLIENT = 3;

    @TempDir
    private static Path directory;

    private static TwoNodes two;
    private static List<ServiceUnderTest> both;

    @BeforeAll
    static void start() throws Exception {
        two = new TwoNodes(directory, "stream.limitPerClient=" + MOST_OF_A_CLIENT);
        both = two.nodes();
        await("both take part")
                .atMost(LIMIT)
                .until(() -> both.stream().allMatch(node -> nodes(node).size() == 2));
    }

    @AfterAll
    static void stop() throws Exception {
        two.close();
    }

    @AfterEach
    void stopStreams() {
        for (String liveId : client(0)
                .listActiveStreams(ListActiveStreamsRequest.getDefaultInstance())
                .getLiveIdsList()) {
            stop(0, liveId);
        }
    }

    private static LivestreamBlockingStub client(int node) {
        return two.client(node, "");
    }

    private static LivestreamBlockingStub passingOn(int node) {
        return two.passingOn(node, "");
    }

    private static List<Node> nodes(ServiceUnderTest node) {
        return node.client(LivestreamBlockingStub.class)
                .listNodes(ListNodesRequest.getDefaultInstance())
                .getNodesList();
    }

    private static StartPullStreamRequest request(String liveId, String passphrase) {
        return StartPullStreamRequest.newBuilder()
                .setLiveId(liveId)
                .setPassphrase(passphrase)
                .build();
    }

    private static int startAt(int node, String liveId) {
        return client(node).startPullStream(request(liveId, PASSPHRASE)).getPort();
    }

    private static boolean stop(int node, String liveId) {
        return client(node)
                .stopPullStream(
                        StopPullStreamRequest.newBuilder().setLiveId(liveId).build())
                .getIsSuccess();
    }

    /** Which node has a stream; -1 if none has it just now. */
    private static int ownerOf(String liveId) {
        for (int i = 0; i < both.size(); i++) {
            if (passingOn(i)
                    .listActiveStreams(ListActiveStreamsRequest.getDefaultInstance())
                    .getLiveIdsList()
                    .contains(liveId)) {
                return i;
            }
        }
        return -1;
    }

    private static Status.Code code(Runnable call) {
        try {
            call.run();
            return Status.Code.OK;
        } catch (StatusRuntimeException e) {
            return e.getStatus().getCode();
        }
    }

    private static Node drain(int by, int node, boolean undo) {
        String nodeId = nodes(both.get(by)).get(node).getNodeId();
        return client(by)
                .drainNode(DrainNodeRequest.newBuilder()
                        .setNodeId(nodeId)
                        .setUndo(undo)
                        .build());
    }

    @Test
    void anyNodeStartsAnswersForAndStopsAStream() {
        int port = startAt(0, "live");
        for (int i = 0; i < 2; i++) {
            GetStreamInfoRequest request =
                    GetStreamInfoRequest.newBuilder().setLiveId("live").build();
            assertThat(client(i).getStreamInfo(request).getPort()).isEqualTo(port);
            assertThat(client(i)
                            .listActiveStreams(ListActiveStreamsRequest.getDefaultInstance())
                            .getLiveIdsList())
                    .containsExactly("live");
        }
        assertThat(stop(1 - ownerOf("live"), "live")).isTrue();
        assertThat(stop(0, "live")).isFalse();
    }

    @Test
    void whoSaysToHaveAskedAnotherNodeIsToldNoPassphraseButItsOwn() {
        startAt(0, "live");
        int owner = ownerOf("live");
        assertThatThrownBy(() -> passingOn(owner).startPullStream(request("live", "another-passphrase")))
                .hasMessageContaining("ALREADY_EXISTS")
                .hasMessageNotContaining(PASSPHRASE);
        assertThat(code(() -> passingOn(1 - owner).startPullStream(request("live", PASSPHRASE))))
                .isEqualTo(Status.Code.UNAVAILABLE);
        assertThat(code(() -> passingOn(owner).startPullStream(request("nobodys", PASSPHRASE))))
                .isEqualTo(Status.Code.UNAVAILABLE);
        for (int i = 0; i < 2; i++) {
            int node = i;
            assertThat(code(() -> startAt(node, "live"))).isEqualTo(Status.Code.ALREADY_EXISTS);
        }
    }

    @Test
    void aClientHasSoManyStreamsOnAllNodesTogether() {
        for (int i = 0; i < MOST_OF_A_CLIENT; i++) {
            startAt(i % 2, "live-" + i);
        }
        for (int i = 0; i < 2; i++) {
            int node = i;
            assertThatThrownBy(() -> startAt(node, "one-more")).hasMessageContaining("stream.limitPerClient: 3");
        }
        stop(0, "live-1");
        await("both know").atMost(LIMIT).until(() -> code(() -> startAt(1, "one-more")) == Status.Code.OK);
    }

    @Test
    void whatIsUpdatedStaysSoWithTheNextOwnerAndADrainedNodeHasNoStream() {
        startAt(0, "live");
        int owner = ownerOf("live");
        int other = 1 - owner;
        var changed = client(other)
                .updateStream(UpdateStreamRequest.newBuilder()
                        .setLiveId("live")
                        .setRetentionCount(77)
                        .setReconnectWindowMs(600_000)
                        .build());
        assertThat(changed.getChangedList()).containsExactlyInAnyOrder("retention_count", "reconnect_window_ms");
        assertThat(drain(other, owner, false).getState()).isEqualTo("DRAINING");
        try {
            await("it has moved").atMost(LIMIT).until(() -> ownerOf("live") == other);
            GetStreamInfoRequest ask =
                    GetStreamInfoRequest.newBuilder().setLiveId("live").build();
            await("who had it knows who has it")
                    .atMost(LIMIT)
                    .until(() -> code(() -> client(owner).getStreamInfo(ask)) == Status.Code.OK);
            var now = client(owner)
                    .updateStream(
                            UpdateStreamRequest.newBuilder().setLiveId("live").build());
            assertThat(now.getChangedList()).isEmpty();
            assertThat(now.getRetentionCount()).isEqualTo(77);
            assertThat(now.getReconnectWindowMs()).isEqualTo(600_000);
            assertThat(startAt(owner, "live"))
                    .as("whose node went away asks again")
                    .isPositive();
            assertThat(nodes(both.get(owner)).get(owner).getStreams()).isZero();
            assertThat(startAt(owner, "another")).isPositive();
            assertThat(ownerOf("another")).isEqualTo(other);
            assertThat(code(() -> drain(owner, other, false)))
                    .as("nobody else takes streams")
                    .isEqualTo(Status.Code.FAILED_PRECONDITION);
        } finally {
            assertThat(drain(other, owner, true).getState()).isEqualTo("LIVE");
        }
        await("it takes streams")
                .atMost(LIMIT)
                .until(() -> nodes(both.get(other)).get(owner).getState().equals("LIVE"));
    }

    @Test
    void whoAsksAgainSinceNatsDidNotAnswerIsAnsweredAsIfItHadBeenTheFirstTime() throws Exception {
        two.way().loseAnswerTo("$KV.medicloud.stream.asked-again");
        try {
            assertThat(code(() -> startAt(0, "asked-again"))).isEqualTo(Status.Code.UNAVAILABLE);
            assertThat(two.way().isCut()).isTrue();
        } finally {
            two.way().heal();
        }
        await("it is answered").atMost(LIMIT).until(() -> {
            Status.Code again = code(() -> startAt(0, "asked-again"));
            assertThat(again).isIn(Status.Code.OK, Status.Code.UNAVAILABLE);
            return again == Status.Code.OK;
        });
        assertThat(code(() -> startAt(1, "asked-again"))).as("by anybody else").isEqualTo(Status.Code.ALREADY_EXISTS);
    }

    @Test
    void thePlaylistsOfAStreamThatWasStoppedSayThatItIsOver() throws Exception {
        int port = startAt(0, "live");
        try (SrtStack stack = ServiceUnderTest.stack();
                TestEncoder encoder = new TestEncoder(stack, port, PASSPHRASE).connected()) {
            encoder.send(TestEncoder.stream(Duration.ofSeconds(3)));
        }
        Path playlist = two.objects("live").resolve("live.m3u8");
        await("it is listed").atMost(LIMIT).until(() -> Files.exists(playlist));
        assertThat(stop(0, "live")).isTrue();
        await("it is said")
                .atMost(LIMIT)
                .untilAsserted(() -> assertThat(playlist).content().endsWith("#EXT-X-ENDLIST\n"));
    }

    @Test
    void aNodeThatIsNotThereCannotBeDrained() {
        assertThat(code(() -> client(0)
                        .drainNode(DrainNodeRequest.newBuilder()
                                .setNodeId("nobody-12345678")
                                .build())))
                .isEqualTo(Status.Code.NOT_FOUND);
    }
}
