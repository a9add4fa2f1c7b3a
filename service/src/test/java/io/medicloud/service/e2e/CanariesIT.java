// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.linecorp.armeria.common.AggregatedHttpResponse;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.RequestHeaders;
import io.medicloud.service.proto.GetStreamInfoRequest;
import io.medicloud.service.proto.GetStreamStatsRequest;
import io.medicloud.service.proto.ListSegmentsRequest;
import io.medicloud.service.proto.ListStreamsRequest;
import io.medicloud.service.proto.LivestreamGrpc.LivestreamBlockingStub;
import io.medicloud.service.proto.WatchEventsRequest;
import io.medicloud.service.proto.WatchEventsResponse;
import io.medicloud.testdata.PeerProgram;
import io.minio.ListObjectsArgs;
import io.minio.MinioClient;
import io.minio.Result;
import io.minio.StatObjectArgs;
import io.minio.messages.Item;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** None of the secrets is found wherever something is said. */
@Tag("heavy")
@Execution(ExecutionMode.CONCURRENT)
class CanariesIT extends CanaryScene {
    @Test
    void inTheLogInNeitherForm() {
        // Each of the two parts, at debug, tells of the failures.
        assertThat(service.log())
                .contains("is faulty; the one before stays in force", "the webhook does not take events")
                .contains("\n{\"time\"")
                .containsPattern("; stack: " + stack() + "[ ,]");
        canaries.assertNoneIn("log", service.log());
    }

    @Test
    void inAnswersAndTheirStatuses() {
        assertThat(answers).hasSizeGreaterThan(30);
        canaries.assertNoneIn("answers", String.join("\n", answers));
    }

    @Test
    void inWhatViewersAreTold() {
        LivestreamBlockingStub viewer = client("Bearer " + viewersToken);
        GetStreamInfoRequest away =
                GetStreamInfoRequest.newBuilder().setLiveId("away-first").build();
        String told = viewer.getStreamInfo(away)
                + viewer.listStreams(ListStreamsRequest.newBuilder()
                                .setIncludeEnded(true)
                                .build())
                        .toString()
                + viewer.getStreamStats(GetStreamStatsRequest.newBuilder()
                        .setLiveId("away-first")
                        .build())
                + viewer.listSegments(
                        ListSegmentsRequest.newBuilder().setLiveId("first").build())
                + client("Bearer " + jwt)
                        .getStreamStats(GetStreamStatsRequest.newBuilder()
                                .setLiveId("away-first")
                                .build());
        canaries.assertNoneIn("what viewers are told", told);
        // Of its passphrase an operator is told alone, and not within the address.
        assertThat(canaries.in(
                        client("Bearer " + operatorsToken).getStreamInfo(away).toString()))
                .containsExactly("passphrase in a URL");
        assertThat(client("Bearer " + operatorsToken).getStreamInfo(away).getSourceUrl())
                .doesNotContain(urlPassphrase);
    }

    @Test
    void inEventsAndWhatTheWebhookIsTold() {
        Iterator<WatchEventsResponse> events = client("Bearer " + viewersToken)
                .withDeadlineAfter(20, TimeUnit.SECONDS)
                .watchEvents(WatchEventsRequest.getDefaultInstance());
        StringBuilder all = new StringBuilder();
        WatchEventsResponse event = WatchEventsResponse.getDefaultInstance();
        while (!(event.getLiveId().equals("second") && event.getType() == WatchEventsResponse.Type.STREAM_ENDED)) {
            event = events.next();
            all.append(event);
        }
        assertThat(all.toString()).contains("wrong passphrase: 1");
        canaries.assertNoneIn("events", all.toString());
        await().atMost(LIMIT).until(() -> kept(posted).contains("SEGMENT_SEALED"));
        canaries.assertNoneIn("webhook", kept(posted));
    }

    @Test
    void inMetricsTracesAndLogsThatAreSent() {
        for (String type : List.of("text/plain", "application/openmetrics-text")) {
            String text = web(
                            RequestHeaders.builder(HttpMethod.GET, "/metrics").add("accept", type),
                            "Bearer " + viewersToken,
                            "")
                    .contentUtf8();
            assertThat(text).contains("medicloud_");
            canaries.assertNoneIn("metrics", text);
        }
        await().atMost(LIMIT)
                .untilAsserted(() -> assertThat(kept(collected))
                        .contains("medicloud_streams", "StartPullStream", "segment_0001.ts", "is faulty"));
        canaries.assertNoneIn("OTLP", kept(collected));
    }

    @Test
    void inWhatIsPrintedAndInWhatOthersSeeOfTheProcess() throws Exception {
        PeerProgram.Result printed = ServiceProcess.run(List.of(
                "serve",
                "--print-config",
                "--config",
                directory.resolve("medicloud.yaml").toString(),
                "--set",
                "security.accessFile=" + directory.resolve("access.yaml"),
                "--set",
                "playback.secretFile=" + directory.resolve("playback"),
                "--set",
                "tls.certificate=" + directory.resolve("server.pem"),
                "--set",
                "tls.key=" + directory.resolve("server.key")));
        assertThat(printed.out()).as(printed.err()).contains("store.secretKey: \"***\"", "playback.secret: \"***\"");
        canaries.assertNoneIn("--print-config", printed.out() + printed.err());

        canaries.assertNoneIn("command line", Files.readString(Path.of("/proc/" + service.pid() + "/cmdline")));
        try (Stream<ProcessHandle> children =
                ProcessHandle.of(service.pid()).orElseThrow().descendants()) {
            for (ProcessHandle child : children.toList()) {
                canaries.assertNoneIn(
                        "child",
                        Files.readString(Path.of("/proc/" + child.pid() + "/environ"), StandardCharsets.ISO_8859_1));
            }
        }
    }

    /** The spool's record holds the passphrases of open streams, encrypted, for the next start: not as text. */
    @Test
    void inTheSpoolAndInTheBucket() throws Exception {
        canaries.assertNoneBelow(directory.resolve("cache"));
        canaries.assertNoneBelow(directory.resolve("store"));
        MinioClient reader = MinioClient.builder()
                .endpoint("http://127.0.0.1:" + store.getPort())
                .credentials(accessKey, secretKey)
                .build();
        List<String> keys = new ArrayList<>();
        for (Result<Item> object : reader.listObjects(
                ListObjectsArgs.builder().bucket("canaries").recursive(true).build())) {
            String key = object.get().objectName();
            keys.add(key);
            String about = reader.statObject(StatObjectArgs.builder()
                            .bucket("canaries")
                            .object(key)
                            .build())
                    .headers()
                    .toString();
            canaries.assertNoneIn("metadata of " + key, key + "\n" + about);
        }
        assertThat(keys)
                .contains("first/segment_0001.ts", "first/segments.jsonl", "second/segment_0001.ts")
                .hasSizeGreaterThan(6);
    }

    @Test
    void inPlaylistsAndPictures() {
        for (String path : List.of(
                "/hls/first/index.m3u8",
                "/hls/first/event.m3u8",
                "/hls/first/vod.m3u8",
                "/hls/first/segment_0001.ts",
                "/thumb/first/latest.jpg",
                "/thumb/first/segment_0001.jpg",
                "/hls/none/index.m3u8",
                "/thumb/none/latest.jpg",
                "/api/openapi.json",
                "/")) {
            AggregatedHttpResponse answer = get(path, "Bearer " + viewersToken);
            canaries.assertNoneIn(
                    path, answer.headers() + "\n" + answer.content().toStringAscii());
        }
    }
}
