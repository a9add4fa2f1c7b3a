// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.medicloud.service.RawClient;
import io.medicloud.service.proto.StartPullStreamRequest;
import io.medicloud.service.proto.StopPullStreamRequest;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.SocketTimeoutException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is written where a name, a path, an address or a line of the log comes of it; the streams beside lose nothing. */
@Tag("heavy")
class HostileRequestsIT {
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final String CANARY = "canary-of-the-host";
    private static final String FORGED = "00:00:00.000 ERROR Forged: INJECTED";
    private static final Pattern LINE =
            Pattern.compile("\\d\\d:\\d\\d:\\d\\d\\.\\d{3} (ERROR|WARN |INFO |DEBUG|TRACE) \\S+: .*");
    private static final List<String> BREAKS = List.of(
            "\r\n",
            "\n\r\u000b\u000c\0",
            "\u001b[2K\u001b[1A\u001b]0;title\u0007\u009b2K",
            "\u0085\u2028\u2029",
            "\u202e\u2066\u200b\ufeff\ud83d\ude80");

    @TempDir
    private static Path directory;

    private static ServiceProcess service;
    private static Bystanders beside;
    private static DatagramSocket inside;
    private static int storePort;
    private static Set<Path> before;

    @BeforeAll
    static void start() throws Exception {
        Path hosts = Files.writeString(directory.resolve("hosts"), """
                127.0.0.1 localhost
                127.0.0.1 to-loopback.example
                ::1 to-loopback6.example
                169.254.169.254 to-metadata.example
                10.0.0.1 to-private.example
                8.8.8.8 to-both.example
                127.0.0.1 to-both.example
                """);
        Files.writeString(directory.resolve("canary.txt"), CANARY);
        Files.writeString(directory.resolve("medicloud.yaml"), "log.format: text\n");
        storePort = Ports.freeTcp();
        inside = new DatagramSocket(0, InetAddress.getLoopbackAddress());
        service = ServiceProcess.launch(
                directory,
                Map.of("MEDICLOUD_JAVA_OPTS", "-Djdk.net.hosts.file=" + hosts),
                Ports.freeUdp(4),
                4,
                "segment.duration=1s",
                "srt.latency=3s",
                "store.embeddedPort=" + storePort,
                "srt.sharedPort=" + Ports.freeUdp(1),
                "log.levels=io.medicloud=debug,audit=debug");
        Files.writeString(directory.resolve("cache/canary.txt"), CANARY);
        Files.writeString(directory.resolve("cache/s3/canary.txt"), CANARY);
        Files.writeString(directory.resolve("cache/spool/canary.txt"), CANARY);
        before = filesBeside();
        beside = new Bystanders(service);
    }

    @AfterAll
    static void theStreamsBesideHaveLostNothing() throws Exception {
        try (ServiceProcess running = service;
                Bystanders streams = beside) {
            streams.assertWhole();
            assertThat(running.openFiles()).isPositive();
            assertThat(filesBeside()).isEqualTo(before);
        } finally {
            inside.close();
        }
    }

    /** What is in the folder of the service and around it, but for what it keeps. */
    private static Set<Path> filesBeside() throws IOException {
        try (Stream<Path> around = Files.list(directory);
                Stream<Path> cache = Files.list(directory.resolve("cache"));
                Stream<Path> buckets = Files.list(directory.resolve("cache/s3"))) {
            return Stream.of(around, cache, buckets).flatMap(files -> files).collect(Collectors.toSet());
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "../canary.txt",
                "../../canary.txt",
                "../../../canary.txt",
                "../../../../canary.txt",
                "../../../../../../../../etc/passwd",
                "..%2f..%2f..%2fcanary.txt",
                "%2e%2e/%2e%2e/canary.txt",
                "%2e%2e%2f%2e%2e%2fcanary.txt",
                "..%252f..%252fcanary.txt",
                "..\\..\\canary.txt",
                "..%5c..%5ccanary.txt",
                "....//....//canary.txt",
                "..;/..;/canary.txt",
                "%c0%ae%c0%ae%c0%afcanary.txt",
                "%uff0e%uff0e/canary.txt",
                "..%ef%bc%8f..%ef%bc%8fcanary.txt",
                "..%00/canary.txt",
                "segment_0001.ts%00.m3u8",
                "segment_0001.ts/../../../canary.txt",
                "segment_0001.ts%2f..%2f..%2f..%2fcanary.txt",
                "sprite_1.jpg/../../canary.txt",
                "/etc/passwd",
                "//etc/passwd",
                "file:///etc/passwd",
                "C:%5cwindows%5cwin.ini",
                "x%0d%0aset-cookie:%20a=b",
                "~root/.ssh/id_rsa",
                "record.key",
                "."
            })
    void noPathLeadsOutOfWhatIsServed(String path) throws Exception {
        for (String below : List.of(
                "/",
                "/hls/",
                "/hls/beside-1/",
                "/thumb/",
                "/thumb/beside-1/",
                "/web/",
                "/lib/",
                "/api/v1/streams/",
                "/api/v1/streams/beside-1/segments/",
                "/videos/",
                "/videos/beside-1/")) {
            for (String end : List.of("", "/index.m3u8", "/latest.jpg")) {
                int port = below.startsWith("/videos") ? storePort : service.httpPort();
                try (RawClient client = new RawClient(port)) {
                    client.send(
                            "GET " + below + path + end + " HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: close\r\n\r\n");
                    assertThat(client.answer((int) LIMIT.toMillis()))
                            .as(below + path + end)
                            .startsWith("HTTP/1.1 ")
                            .doesNotStartWith("HTTP/1.1 5")
                            .doesNotContain(CANARY)
                            .doesNotContain("root:x:")
                            .doesNotContainIgnoringCase("set-cookie: a=b");
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "..",
                ".",
                "../x",
                "../../../../tmp/x",
                "/tmp/x",
                "//x",
                "a/../b",
                "a/./b",
                "a//b",
                ".hidden",
                "a/.hidden",
                "a\\b",
                "..\\x",
                "a%2f..%2fb",
                "a\u0000b",
                "a\r\nb",
                "a b",
                "\uff0e\uff0e/x",
                "a\u2215b",
                "~",
                "C:x",
                "a:b",
                "a?b",
                "a#b",
                "a*b",
                "\u202eb"
            })
    void aNameThatCouldLeadElsewhereIsNone(String name) {
        StartPullStreamRequest.Builder request =
                StartPullStreamRequest.newBuilder().setLiveId("nobodys").setPassphrase("0123456789");
        for (StartPullStreamRequest hostile : List.of(
                request.clone().setLiveId(name).build(),
                request.clone().setStoragePrefix(name).build())) {
            assertThat(refusal(hostile).getStatus().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
        }
    }

    private static StatusRuntimeException refusal(StartPullStreamRequest request) {
        return catchThrowableOfType(
                StatusRuntimeException.class, () -> service.client().startPullStream(request));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "srt://127.0.0.1:PORT",
                "srt://127.1:PORT",
                "srt://2130706433:PORT",
                "srt://0x7f000001:PORT",
                "srt://0x7f.0.0.1:PORT",
                "srt://017700000001:PORT",
                "srt://0:PORT",
                "srt://0.0.0.0:PORT",
                "srt://localhost:PORT",
                "srt://LOCALHOST:PORT",
                "srt://localhost.:PORT",
                "srt://[::1]:PORT",
                "srt://[::]:PORT",
                "srt://[::ffff:127.0.0.1]:PORT",
                "srt://[::ffff:7f00:1]:PORT",
                "srt://[::127.0.0.1]:PORT",
                "srt://[64:ff9b::7f00:1]:PORT",
                "srt://[2002:7f00:1::]:PORT",
                "srt://169.254.169.254:PORT",
                "srt://2852039166:PORT",
                "srt://[::ffff:a9fe:a9fe]:PORT",
                "srt://[fd00:ec2::254]:PORT",
                "srt://[fe80::1%25lo]:PORT",
                "srt://100.100.100.200:PORT",
                "srt://10.0.0.1:PORT",
                "srt://192.168.0.1:PORT",
                "srt://172.16.0.1:PORT",
                "srt://to-loopback.example:PORT",
                "srt://to-loopback6.example:PORT",
                "srt://to-metadata.example:PORT",
                "srt://to-private.example:PORT",
                "srt://to-both.example:PORT",
                "srt://8.8.8.8@127.0.0.1:PORT",
                "srt://8.8.8.8:PORT@127.0.0.1:PORT",
                "srt://127.0.0.1:PORT#@8.8.8.8",
                "srt://127.0.0.1:PORT\\@8.8.8.8",
                "srt://\u2488\u24ea.0.0.1:PORT",
                "srt://127\u30020\u30020\u30021:PORT",
                "http://127.0.0.1:PORT/",
                "file:///etc/passwd",
                "udp://127.0.0.1:PORT",
                "srt:127.0.0.1:PORT"
            })
    void nobodyIsCalledThatClientsMayNotReach(String url) throws Exception {
        StartPullStreamRequest request = StartPullStreamRequest.newBuilder()
                .setLiveId("pulled")
                .setPassphrase("0123456789")
                .setSourceUrl(url.replace("PORT", Integer.toString(inside.getLocalPort())))
                .build();

        StatusRuntimeException refused = refusal(request);

        if (refused == null) {
            // What is no address is a name, and may be known one day.
            try {
                await().atMost(LIMIT)
                        .until(() -> !service.info("pulled").getLastFailure().isEmpty());
                assertThat(service.info("pulled").getLastFailure()).as(url).contains("the host is not found: ");
            } finally {
                service.client()
                        .stopPullStream(StopPullStreamRequest.newBuilder()
                                .setLiveId("pulled")
                                .build());
            }
        } else {
            assertThat(refused.getStatus().getCode()).as(url).isEqualTo(Status.Code.INVALID_ARGUMENT);
            assertThat(refused).hasMessageContaining("source_url: ");
        }
        assertThat(isCalled()).as(url).isFalse();
    }

    private static boolean isCalled() throws IOException {
        inside.setSoTimeout(20);
        try {
            inside.receive(new DatagramPacket(new byte[1500], 1500));
            return true;
        } catch (SocketTimeoutException e) {
            return false;
        }
    }

    @Test
    void nothingThatIsWrittenEndsALineOfTheLog() throws Exception {
        int textEnd = inject();
        String text = log().substring(0, textEnd);
        assertThat(text).contains("INJECTED");
        assertThat(text.split("\n", -1))
                // The launcher has words of its own.
                .filteredOn(line -> !line.isEmpty() && !line.startsWith("medicloud: "))
                .allMatch(line -> LINE.matcher(line).matches())
                .noneMatch(line -> line.startsWith(FORGED))
                .allMatch(line -> line.codePoints().noneMatch(HostileRequestsIT::isInvisible));

        Files.writeString(directory.resolve("medicloud.yaml"), "log.format: json\n");
        await().atMost(LIMIT).until(() -> log().substring(textEnd).contains("\n{\""));
        int jsonStart = textEnd + log().substring(textEnd).indexOf("\n{\"") + 1;
        int jsonEnd = inject();
        ObjectMapper json = new ObjectMapper();
        for (String line : log().substring(jsonStart, jsonEnd).split("\n", -1)) {
            if (!line.isEmpty()) {
                JsonNode object = json.readTree(line);
                assertThat(object.get("level").asText()).as(line).isNotEqualTo("FORGED");
                assertThat(line.codePoints().noneMatch(HostileRequestsIT::isInvisible))
                        .as(line)
                        .isTrue();
            }
        }
        Files.writeString(directory.resolve("medicloud.yaml"), "log.format: text\n");
    }

    /** Writes it everywhere, and returns how long the log is when all of that stands in it. */
    private static int inject() throws Exception {
        StringFields fields = new StringFields(service.grpcPort());
        for (String end : BREAKS) {
            String forged = "x" + end + FORGED + end + "{\"level\":\"FORGED\"}";
            assertThat(fields.write(forged))
                    .noneMatch(outcome ->
                            outcome.code().equals("INTERNAL") || outcome.code().equals("UNKNOWN"))
                    // What is given back to who may have it, such as a passphrase, is what was given.
                    .filteredOn(outcome -> !outcome.code().equals("OK"))
                    .allSatisfy(outcome -> assertThat(outcome.description().codePoints())
                            .as(outcome.field())
                            .noneMatch(HostileRequestsIT::isInvisible));
            String quoted = URLEncoder.encode(forged, StandardCharsets.UTF_8);
            for (String request : List.of(
                    "DELETE /api/v1/streams/" + quoted + " HTTP/1.1\r\nhost: 127.0.0.1\r\n",
                    "GET /hls/" + quoted + "/index.m3u8 HTTP/1.1\r\nhost: 127.0.0.1\r\n",
                    "GET /thumb/" + quoted + "/latest.jpg HTTP/1.1\r\nhost: 127.0.0.1\r\n",
                    "GET /livez HTTP/1.1\r\nhost: 127.0.0.1\r\nuser-agent: " + forged + "\r\n",
                    "GET /api/v1/streams HTTP/1.1\r\nhost: " + quoted + "\r\n",
                    "GET /api/v1/streams HTTP/1.1\r\nhost: 127.0.0.1\r\ntraceparent: " + forged + "\r\n",
                    "GET /api/v1/streams HTTP/1.1\r\nhost: 127.0.0.1\r\nauthorization: Bearer " + forged + "\r\n")) {
                try (RawClient client = new RawClient(service.httpPort())) {
                    client.send((request + "connection: close\r\n\r\n").getBytes(StandardCharsets.UTF_8));
                    String unused = client.answer((int) LIMIT.toMillis());
                }
            }
        }
        service.client()
                .stopPullStream(StopPullStreamRequest.newBuilder()
                        .setLiveId("the-end-" + service.log().length())
                        .build());
        await().atMost(LIMIT).until(() -> log().lastIndexOf("the-end-") >= 0 && log().endsWith("\n"));
        return log().lastIndexOf('\n') + 1;
    }

    private static String log() {
        return new String(service.log().getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
    }

    /** Line ends, what moves a cursor, and what turns text round; but for the end of a line of the log itself. */
    private static boolean isInvisible(int character) {
        return switch (Character.getType(character)) {
            case Character.CONTROL -> character != '\t';
            case Character.FORMAT, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR -> true;
            default -> false;
        };
    }
}
