// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.medicloud.service.proto.DrainNodeRequest;
import io.medicloud.service.proto.GetStreamInfoRequest;
import io.medicloud.service.proto.GetStreamStatsRequest;
import io.medicloud.service.proto.ListActiveStreamsRequest;
import io.medicloud.service.proto.ListNodesRequest;
import io.medicloud.service.proto.LivestreamGrpc.LivestreamBlockingStub;
import io.medicloud.service.proto.StartPullStreamRequest;
import io.medicloud.service.proto.StopPullStreamRequest;
import io.medicloud.service.proto.UpdateStreamRequest;
import io.nats.client.Connection;
import io.nats.client.JetStreamManagement;
import io.nats.client.KeyValue;
import io.nats.client.Nats;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two nodes that are one service: whichever of them is asked, a caller is who he is, to the owner of the stream too. */
final class ClusterAccessTest {
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final String PASSPHRASE = "a-canary-of-a-passphrase";
    private static final String STREAM_ID = "a-canary-of-a-key";

    @TempDir
    private static Path directory;

    private static TwoNodes nodes;
    /** A stream that the second node owns, and one of theirs that is not the wall's. */
    private static String studio;

    private static String news;

    @BeforeAll
    static void start() throws Exception {
        String everywhere = "tokens:\n"
                + entry("viewer", "viewer", "*")
                + entry("operator", "operator", "*")
                + entry("admin", "admin", "*")
                + entry("wall", "viewer", "studio-*")
                + entry("some-admin", "admin", "studio-*");
        for (int i = 0; i < 2; i++) {
            Path home = Files.createDirectories(directory.resolve("node" + i));
            String own = i == 0 ? entry("known-to-the-first", "operator", "*") : "";
            Files.writeString(home.resolve("access.yaml"), everywhere + own);
        }
        nodes = new TwoNodes(directory, "security.accessFile=access.yaml", "cluster.lease=30s");
        await("both take part")
                .atMost(LIMIT)
                .until(() -> nodes.client(0, "admin")
                                .listNodes(ListNodesRequest.getDefaultInstance())
                                .getNodesCount()
                        == 2);
        studio = startOfTheSecond("studio-");
        news = startOfTheSecond("news-");
    }

    private static String entry(String name, String role, String streams) throws Exception {
        byte[] hash = MessageDigest.getInstance("SHA-256").digest(name.getBytes(StandardCharsets.UTF_8));
        return "  - {name: %s, role: %s, sha256: %s, streams: ['%s']}%n"
                .formatted(name, role, HexFormat.of().formatHex(hash), streams);
    }

    private static String startOfTheSecond(String prefix) {
        for (int i = 0; i < 6; i++) {
            String liveId = prefix + i;
            var unused = nodes.client(0, "operator")
                    .startPullStream(StartPullStreamRequest.newBuilder()
                            .setLiveId(liveId)
                            .setPassphrase(PASSPHRASE)
                            .setSourceUrl("srt://127.0.0.1:9?streamid=" + STREAM_ID)
                            .build());
            if (nodes.passingOn(1, "operator")
                    .listActiveStreams(ListActiveStreamsRequest.getDefaultInstance())
                    .getLiveIdsList()
                    .contains(liveId)) {
                return liveId;
            }
        }
        throw new AssertionError("the second node takes no stream");
    }

    @AfterAll
    static void stop() throws Exception {
        nodes.close();
    }

    private static Status.Code code(Runnable call) {
        try {
            call.run();
            return Status.Code.OK;
        } catch (StatusRuntimeException e) {
            return e.getStatus().getCode();
        }
    }

    private static Status.Code info(LivestreamBlockingStub by, String liveId) {
        return code(() -> by.getStreamInfo(
                GetStreamInfoRequest.newBuilder().setLiveId(liveId).build()));
    }

    private static Status.Code stats(LivestreamBlockingStub by, String liveId) {
        return code(() -> by.getStreamStats(
                GetStreamStatsRequest.newBuilder().setLiveId(liveId).build()));
    }

    private static Status.Code end(LivestreamBlockingStub by, String liveId) {
        return code(() -> by.stopPullStream(
                StopPullStreamRequest.newBuilder().setLiveId(liveId).build()));
    }

    private static Status.Code update(LivestreamBlockingStub by, String liveId) {
        return code(() -> by.updateStream(
                UpdateStreamRequest.newBuilder().setLiveId(liveId).build()));
    }

    private static Status.Code drain(LivestreamBlockingStub by) {
        return code(() ->
                by.drainNode(DrainNodeRequest.newBuilder().setNodeId("nobody").build()));
    }

    private static Status.Code nodes(LivestreamBlockingStub by) {
        return code(() -> by.listNodes(ListNodesRequest.getDefaultInstance()));
    }

    @Test
    void theOwnerAnswersAsItWouldAnswerTheCaller() {
        GetStreamInfoRequest ask =
                GetStreamInfoRequest.newBuilder().setLiveId(studio).build();
        for (int i = 0; i < 2; i++) {
            assertThat(nodes.client(i, "operator").getStreamInfo(ask).getPassphrase())
                    .isEqualTo(PASSPHRASE);
            assertThat(nodes.client(i, "viewer").getStreamInfo(ask).getPassphrase())
                    .isEmpty();
            assertThat(info(nodes.client(i, "wall"), studio)).isEqualTo(Status.Code.OK);
            assertThat(info(nodes.client(i, "wall"), news)).isEqualTo(Status.Code.PERMISSION_DENIED);
            assertThat(nodes.client(i, "wall")
                            .listActiveStreams(ListActiveStreamsRequest.getDefaultInstance())
                            .getLiveIdsList())
                    .contains(studio)
                    .allMatch(liveId -> liveId.startsWith("studio-"));
            assertThat(end(nodes.client(i, "viewer"), studio)).isEqualTo(Status.Code.PERMISSION_DENIED);
            assertThat(update(nodes.client(i, "operator"), studio)).isEqualTo(Status.Code.OK);
        }
    }

    @Test
    void theOwnerFindsOutItselfWhoAsks() {
        LivestreamBlockingStub halfKnown = nodes.client(0, "known-to-the-first");
        assertThat(nodes(nodes.client(0, "admin"))).isEqualTo(Status.Code.OK);
        assertThat(info(halfKnown, studio)).isEqualTo(Status.Code.UNAUTHENTICATED);
        assertThat(stats(halfKnown, studio)).isEqualTo(Status.Code.UNAUTHENTICATED);
        assertThat(update(halfKnown, studio)).isEqualTo(Status.Code.UNAUTHENTICATED);
        assertThat(end(halfKnown, studio)).isEqualTo(Status.Code.UNAUTHENTICATED);
        assertThat(info(nodes.client(0, "operator"), studio)).isEqualTo(Status.Code.OK);
    }

    @Test
    void whoSaysToBeANodeIsAStrangerAllTheSame() {
        for (int i = 0; i < 2; i++) {
            for (String token : List.of("", "made-up", "wall")) {
                Status.Code expected =
                        token.equals("wall") ? Status.Code.PERMISSION_DENIED : Status.Code.UNAUTHENTICATED;
                LivestreamBlockingStub stranger = nodes.passingOn(i, token);
                assertThat(info(stranger, news)).isEqualTo(expected);
                assertThat(stats(stranger, news)).isEqualTo(expected);
                assertThat(update(stranger, news)).isEqualTo(expected);
                assertThat(end(stranger, news)).isEqualTo(expected);
                assertThat(drain(stranger)).isEqualTo(expected);
                assertThat(nodes(stranger)).isEqualTo(expected);
            }
        }
    }

    @Test
    void nodesAreForAdministratorsOfEveryStream() {
        for (int i = 0; i < 2; i++) {
            for (String token : List.of("viewer", "operator", "some-admin")) {
                assertThat(nodes(nodes.client(i, token))).isEqualTo(Status.Code.PERMISSION_DENIED);
                assertThat(drain(nodes.client(i, token))).isEqualTo(Status.Code.PERMISSION_DENIED);
            }
            assertThat(nodes(nodes.client(i, "admin"))).isEqualTo(Status.Code.OK);
            assertThat(drain(nodes.client(i, "admin"))).isEqualTo(Status.Code.NOT_FOUND);
        }
    }

    /** The passphrase, and the address that is called, which may hold one. */
    @Test
    void natsKeepsNoSecretThatCanBeRead() throws Exception {
        Connection connection = Nats.connect(nodes.natsUrl());
        try {
            KeyValue bucket = connection.keyValue("medicloud");
            StringBuilder all = new StringBuilder();
            for (String key : bucket.keys()) {
                all.append(key)
                        .append(": ")
                        .append(bucket.get(key).getValueAsString())
                        .append('\n');
            }
            assertThat(all.toString())
                    .contains("stream." + studio, "passphrase", "source-url")
                    .doesNotContain(PASSPHRASE, STREAM_ID);
            await("events are there")
                    .atMost(LIMIT)
                    .until(() -> !events(connection).isEmpty());
            assertThat(events(connection)).contains(studio).doesNotContain(PASSPHRASE, STREAM_ID);
        } finally {
            connection.close();
        }
    }

    private static String events(Connection connection) throws Exception {
        JetStreamManagement management = connection.jetStreamManagement();
        StringBuilder all = new StringBuilder();
        long last =
                management.getStreamInfo("medicloud-events").getStreamState().getLastSequence();
        for (long i = 1; i <= last; i++) {
            all.append(new String(management.getMessage("medicloud-events", i).getData(), StandardCharsets.UTF_8))
                    .append('\n');
        }
        return all.toString();
    }
}
