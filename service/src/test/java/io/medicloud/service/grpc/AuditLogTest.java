// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import com.linecorp.armeria.client.grpc.GrpcClients;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.medicloud.service.log.LogFields;
import io.medicloud.service.proto.GetStreamInfoRequest;
import io.medicloud.service.proto.ListActiveStreamsRequest;
import io.medicloud.service.proto.LivestreamGrpc;
import io.medicloud.service.proto.LivestreamGrpc.LivestreamBlockingStub;
import io.medicloud.service.proto.StartPullStreamRequest;
import io.medicloud.service.proto.StopPullStreamRequest;
import io.medicloud.service.proto.StopPullStreamResponse;
import io.medicloud.service.proto.UpdateStreamRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** What is written of who did what. */
final class AuditLogTest {
    private static final String PASSPHRASE = "canary-passphrase";
    private static final String SOURCE_SECRET = "canary-in-the-address";
    /** The hashes of "one" and "two". */
    private static final String ACCESS = """
            tokens:
              - {name: one, role: viewer, sha256: 7692c3ad3540bb803c020b3aee66cd8887123234ea0c6e7143c0add73ff431ed}
              - {name: two, role: operator, sha256: 3fc4ccfe745870e2c0d99f71f30ff0656c8dedd41cc1d7d3d376b0dbe685e2f3}
            """;

    @TempDir
    private Path directory;

    private final List<String> lines = new CopyOnWriteArrayList<>();
    private final List<Map<String, String>> fields = new CopyOnWriteArrayList<>();
    private final AppenderBase<ILoggingEvent> appender = new AppenderBase<>() {
        @Override
        protected void append(ILoggingEvent event) {
            lines.add(event.getFormattedMessage());
            fields.add(LogFields.of(event));
        }
    };
    private ServiceUnderTest service;

    @BeforeEach
    void start() throws Exception {
        Logger audit = (Logger) LoggerFactory.getLogger("audit");
        audit.setLevel(Level.INFO);
        appender.setContext(audit.getLoggerContext());
        appender.start();
        audit.addAppender(appender);
        Files.writeString(directory.resolve("access.yaml"), ACCESS);
        service = new ServiceUnderTest(directory, 2, "security.accessFile=access.yaml");
    }

    @AfterEach
    void stop() {
        ((Logger) LoggerFactory.getLogger("audit")).detachAppender(appender);
        service.close();
    }

    private LivestreamBlockingStub client(String token) {
        return GrpcClients.builder(
                        "gproto+http://127.0.0.1:" + service.service().grpcPort() + "/")
                .addHeader("authorization", "Bearer " + token)
                .build(LivestreamBlockingStub.class);
    }

    private static StartPullStreamRequest start(String liveId) {
        return StartPullStreamRequest.newBuilder()
                .setLiveId(liveId)
                .setPassphrase(PASSPHRASE)
                .build();
    }

    @Test
    void aLineForEachChangeAndNoneForALook() {
        client("two").startPullStream(start("studio-1"));
        client("one").listActiveStreams(ListActiveStreamsRequest.getDefaultInstance());
        client("two")
                .getStreamInfo(
                        GetStreamInfoRequest.newBuilder().setLiveId("studio-1").build());
        assertThatThrownBy(() -> client("two").startPullStream(start("studio-1")));
        client("two")
                .stopPullStream(
                        StopPullStreamRequest.newBuilder().setLiveId("studio-1").build());

        assertThat(lines).hasSize(3);
        assertThat(lines.get(0))
                .isEqualTo("by=two role=OPERATOR from=127.0.0.1 rpc=StartPullStream live_id=studio-1 outcome=OK");
        assertThat(lines.get(1)).contains(" live_id=studio-1 outcome=ALREADY_EXISTS why=\"");
        assertThat(lines.get(2)).contains(" rpc=StopPullStream live_id=studio-1 outcome=OK");
    }

    @Test
    void whoAndWhichStreamAreFieldsToo() {
        client("two").startPullStream(start("studio-1"));
        assertThatThrownBy(() -> client("guess").listActiveStreams(ListActiveStreamsRequest.getDefaultInstance()));
        assertThatThrownBy(() -> client("two").startPullStream(start("a\nb" + "x".repeat(10_000))));

        assertThat(fields)
                .satisfiesExactly(
                        known -> assertThat(known)
                                .containsEntry(LogFields.STREAM, "studio-1")
                                .containsEntry(LogFields.CLIENT, "two")
                                .containsEntry(LogFields.PEER, "127.0.0.1"),
                        unknown -> assertThat(unknown)
                                .containsEntry(LogFields.PEER, "127.0.0.1")
                                .doesNotContainKeys(LogFields.STREAM, LogFields.CLIENT),
                        hostile -> assertThat(hostile.get(LogFields.STREAM))
                                .startsWith("a?bx")
                                .hasSizeLessThan(100));
    }

    @Test
    void aChangeOfAStreamThatRunsIsOneToo() {
        client("two").startPullStream(start("studio-1"));
        UpdateStreamRequest update = UpdateStreamRequest.newBuilder()
                .setLiveId("studio-1")
                .setPassphrase(PASSPHRASE)
                .setRetentionCount(5)
                .build();
        client("two").updateStream(update);
        assertThatThrownBy(() -> client("one").updateStream(update));

        assertThat(lines)
                .noneMatch(line -> line.contains(PASSPHRASE))
                .contains("by=two role=OPERATOR from=127.0.0.1 rpc=UpdateStream live_id=studio-1 outcome=OK")
                .anyMatch(line -> line.startsWith("by=one role=VIEWER from=127.0.0.1 rpc=UpdateStream")
                        && line.contains("outcome=PERMISSION_DENIED"));
    }

    @Test
    void aLineForAChangeWhoseAnswerNobodyWaitsFor() {
        client("two").startPullStream(start("studio-1"));
        lines.clear();
        CompletableFuture<Void> gone = new CompletableFuture<>();
        ClientCall<StopPullStreamRequest, StopPullStreamResponse> call =
                client("two").getChannel().newCall(LivestreamGrpc.getStopPullStreamMethod(), CallOptions.DEFAULT);
        call.start(
                new ClientCall.Listener<>() {
                    @Override
                    public void onClose(Status status, Metadata trailers) {
                        gone.complete(null);
                    }
                },
                new Metadata());
        call.sendMessage(
                StopPullStreamRequest.newBuilder().setLiveId("studio-1").build());
        call.halfClose();
        // Else it might not even be sent.
        await().until(() -> client("one")
                .listActiveStreams(ListActiveStreamsRequest.getDefaultInstance())
                .getLiveIdsList()
                .isEmpty());
        call.cancel("nobody waits", null);
        gone.join();

        await().untilAsserted(() -> assertThat(lines)
                .singleElement()
                .asString()
                .matches("by=two role=OPERATOR from=127.0.0.1 rpc=StopPullStream( live_id=studio-1)?"
                        + " outcome=(OK|CANCELLED)( why=.*)?"));
    }

    @Test
    void aLineForWhatIsRefusedAndNoFloodOfThem() {
        assertThatThrownBy(() -> client("one").startPullStream(start("studio-1")));
        assertThat(lines)
                .containsExactly("by=one role=VIEWER from=127.0.0.1 rpc=StartPullStream outcome=PERMISSION_DENIED"
                        + " why=\"StartPullStream: needs the role OPERATOR; one has VIEWER\"");
        lines.clear();
        for (int i = 0; i < 300; i++) {
            LivestreamBlockingStub guess = client("guess");
            assertThatThrownBy(() -> guess.listActiveStreams(ListActiveStreamsRequest.getDefaultInstance()));
        }

        assertThat(lines).hasSizeBetween(5, 60);
        assertThat(lines.get(0)).startsWith("by=- from=127.0.0.1 rpc=ListActiveStreams outcome=UNAUTHENTICATED");
        assertThat(lines)
                .filteredOn(line -> line.contains("left_out="))
                .allMatch(line -> line.matches(".* left_out=[1-9]\\d*"));
        assertThat(lines).noneMatch(line -> line.contains("guess"));
    }

    @Test
    void nobodyWritesLinesOrFieldsOfHisOwnAndNoSecretIsInIt() {
        for (String liveId : List.of(
                "a\nby=admin role=ADMIN rpc=StopPullStream",
                "a\r\u001b[31mred\u202eleft\u2028line",
                "a\" outcome=OK by=\"admin",
                "x".repeat(10_000))) {
            assertThatThrownBy(() -> client("two").startPullStream(start(liveId)))
                    .isInstanceOf(StatusRuntimeException.class);
        }
        assertThatThrownBy(() -> client("two")
                .startPullStream(start("studio-1").toBuilder()
                        .setSourceUrl("srt://10.0.0.1:4000?passphrase=" + SOURCE_SECRET)
                        .build()));

        assertThat(lines)
                .hasSize(5)
                .allSatisfy(line -> assertThat(line)
                        .startsWith("by=two role=OPERATOR from=127.0.0.1 rpc=StartPullStream live_id=")
                        .matches("[\\p{Graph}… ]*")
                        .hasSizeLessThan(400)
                        .containsPattern("^[^\"]*(\"[^\"]*\"[^\"]*)*$")
                        .doesNotContain(PASSPHRASE, SOURCE_SECRET));
        assertThat(lines.get(0))
                .contains("live_id=\"a?by=admin role=ADMIN rpc=StopPullStream\" outcome=INVALID_ARGUMENT");
        assertThat(lines.get(2)).contains("live_id=\"a' outcome=OK by='admin\" outcome=INVALID_ARGUMENT");
    }
}
