// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.e2e;

import static io.medicloud.service.RawClient.DATA;
import static io.medicloud.service.RawClient.END_HEADERS;
import static io.medicloud.service.RawClient.HEADERS;
import static io.medicloud.service.RawClient.SETTINGS;
import static io.medicloud.service.RawClient.frame;
import static io.medicloud.service.RawClient.headers;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.medicloud.service.RawClient;
import io.medicloud.service.proto.ListActiveStreamsRequest;
import java.io.IOException;
import java.io.OutputStream;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Crowds, dawdlers, messages that are too long, and noise on every port of a service; the streams beside lose nothing, and other clients are answered. */
@Tag("heavy")
class HostileClientsIT {
    private static final long SEED = Long.getLong("hostile.seed", System.nanoTime());
    private static final int DAWDLERS = 100;
    private static final int SRT_PORTS = 4;
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final Map<String, String> GRPC = Map.of("content-type", "application/grpc", "te", "trailers");
    private static final String START = "/livestream.Livestream/StartPullStream";
    private static final long WITHOUT_END = 64L << 30;
    private static final int MOST_DIRECT_BYTES = 128 << 20;
    private static final byte[] NOTHING = {};

    @TempDir
    private static Path directory;

    private static ServiceProcess service;
    private static Bystanders beside;
    private static int firstPort;
    private static int sharedPort;
    private static int storePort;

    @BeforeAll
    static void start() throws Exception {
        firstPort = Ports.freeUdp(SRT_PORTS);
        sharedPort = Ports.freeUdp(1);
        storePort = Ports.freeTcp();
        service = ServiceProcess.start(
                directory,
                firstPort,
                SRT_PORTS,
                "segment.duration=1s",
                // A machine that has much else to do must not make SRT give up packets as too late.
                "srt.latency=3s",
                "srt.sharedPort=" + sharedPort,
                "store.embeddedPort=" + storePort,
                "control.requestTimeout=2s");
        beside = new Bystanders(service);
    }

    @AfterAll
    static void theStreamsBesideHaveLostNothing() throws Exception {
        try (ServiceProcess running = service;
                Bystanders streams = beside) {
            streams.assertWhole();
            assertThat(running.log()).doesNotContain("OutOfMemory", "LEAK:", "Too many open files");
        }
    }

    private static List<Integer> controlPorts() {
        return List.of(service.httpPort(), service.grpcPort());
    }

    private static void assertOthersAreAnswered() throws Exception {
        assertThat(service.get("/livez").statusCode()).isEqualTo(200);
        assertThat(service.client()
                        .listActiveStreams(ListActiveStreamsRequest.getDefaultInstance())
                        .getLiveIdsList())
                .contains("beside-1", "beside-2");
    }

    @Test
    void tenThousandConnectionsFromOneAddressKeepNobodyElseOut() throws Exception {
        try (Crowd crowd = new Crowd()) {
            int most = Crowd.most();
            for (int i = 0; i < most; i++) {
                crowd.join("127.0.0.9", controlPorts().get(i % 2), NOTHING);
                if (i % 1000 == 0) {
                    assertOthersAreAnswered();
                }
            }
            assertThat(crowd.joined()).isEqualTo(most);
            await().atMost(LIMIT).until(() -> crowd.size() <= 2048);
            await().atMost(LIMIT).until(() -> crowd.size() == 0);
        }
    }

    @Test
    void tenThousandConnectionsFromManyAddressesAreGoneSoon() throws Exception {
        try (Crowd crowd = new Crowd()) {
            int most = Crowd.most();
            for (int i = 0; i < most; i++) {
                crowd.join("127.0.1." + (1 + i / 500), controlPorts().get(i % 2), NOTHING);
            }
            assertThat(crowd.joined()).isEqualTo(most);
            // Those beyond are there until somebody has looked at them.
            await().atMost(LIMIT).until(() -> service.openFiles() < 8192 + 1000);
            await().atMost(LIMIT).until(() -> crowd.size() == 0);
            assertOthersAreAnswered();
        }
    }

    @Test
    void whoDawdlesIsNotWaitedFor() throws Exception {
        byte[] openHeaders = frame(HEADERS, 0, 1, Arrays.copyOf(headers("GET", "/livez", Map.of()), 5));
        byte[] openCall = frame(HEADERS, END_HEADERS, 1, headers("POST", START, GRPC));
        byte[] http2 = ("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + text(frame(SETTINGS, 0, 0, NOTHING)))
                .getBytes(StandardCharsets.ISO_8859_1);
        List<byte[]> beginnings = List.of(
                NOTHING,
                bytes("GET /livez HTTP/1.1\r\nhost: 127.0.0.1\r\nx-slow: "),
                bytes("POST /api/v1/streams HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\n"
                        + "content-length: 100000\r\n\r\n{"),
                bytes("POST /api/v1/streams HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\n"
                        + "transfer-encoding: chunked\r\n\r\nfffff\r\n{"),
                bytes("PRI * HTTP/2.0\r\n"),
                http2,
                joined(http2, openHeaders),
                joined(http2, openCall, frame(DATA, 0, 1, new byte[] {0, 0, 0, 3, (byte) 0xe8})),
                // A TLS record that does not come to its end, where there is no TLS.
                new byte[] {22, 3, 1, 0x3e, (byte) 0x80, 1});
        try (Crowd crowd = new Crowd()) {
            for (int i = 0; i < DAWDLERS * beginnings.size(); i++) {
                crowd.join("127.0.2.1", controlPorts().get(i % 2), beginnings.get(i / 2 % beginnings.size()));
            }
            assertThat(crowd.size()).isGreaterThan(DAWDLERS);
            await().pollInterval(Duration.ofMillis(200)).atMost(LIMIT).until(() -> {
                crowd.say(bytes("0"));
                return crowd.size() == 0;
            });
            assertOthersAreAnswered();
        }
    }

    /** The rest of it is dropped, for as long as a connection is waited for, and then the connection is. */
    @Test
    void whatIsTooLargeIsRefusedAndNotKept() throws Exception {
        byte[] head = bytes(String.join(
                "\r\n",
                "POST /api/v1/streams HTTP/1.1",
                "host: 127.0.0.1",
                "content-type: application/json",
                "content-length: 1000000000000",
                "",
                ""));
        byte[] body = new byte[16_384];
        String deep = "[".repeat(500_000);
        for (int port : controlPorts()) {
            try (RawClient client = new RawClient(port)) {
                Attack.Outcome outcome = Attack.run(client, true, i -> i == 0 ? head : body, WITHOUT_END);
                assertThat(outcome.isOver()).isTrue();
                assertThat(outcome.text()).startsWith("HTTP/1.1 413 ");
            }
            try (RawClient json = new RawClient(port)) {
                json.send("POST /api/v1/streams HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\n"
                        + "content-length: " + deep.length() + "\r\nconnection: close\r\n\r\n" + deep);
                assertThat(json.answer(10_000)).matches("(?s)HTTP/1.1 4.*");
            }
        }
        assertThat(service.metric("medicloud_memory_direct_bytes")).isLessThan(MOST_DIRECT_BYTES);
        assertOthersAreAnswered();
    }

    /** Writes until all is written, or the other end has had enough. */
    private static void write(Socket socket, byte[] first, byte[] more) {
        try {
            OutputStream out = socket.getOutputStream();
            out.write(first);
            out.write(more);
        } catch (IOException e) {
            // It has had enough.
        }
    }

    @Test
    void noiseOnEveryPortIsNoise() throws Exception {
        Random random = new Random(SEED);
        List<Integer> tcp = List.of(service.httpPort(), service.grpcPort(), storePort);
        for (int i = 0; i < 200; i++) {
            byte[] noise = new byte[1 + random.nextInt(4000)];
            random.nextBytes(noise);
            for (int port : tcp) {
                try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
                    write(socket, i % 3 == 0 ? bytes("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n") : NOTHING, noise);
                }
            }
        }
        try (DatagramSocket socket = new DatagramSocket()) {
            for (int i = 0; i < 20_000; i++) {
                byte[] noise = new byte[random.nextInt(1457)];
                random.nextBytes(noise);
                if (noise.length >= 16 && i % 2 == 0) {
                    // A control packet of each kind, handshakes and key material among them.
                    noise[0] = (byte) 0x80;
                    noise[1] = (byte) random.nextInt(9);
                    Arrays.fill(noise, 12, 16, (byte) 0);
                }
                int port = i % (SRT_PORTS + 1) == SRT_PORTS ? sharedPort : firstPort + i % (SRT_PORTS + 1);
                socket.send(new DatagramPacket(noise, noise.length, InetAddress.getLoopbackAddress(), port));
            }
        }
        assertOthersAreAnswered();
        System.out.printf("hostile.seed=%d%n", SEED);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    private static byte[] joined(byte[]... parts) {
        StringBuilder all = new StringBuilder();
        for (byte[] part : parts) {
            all.append(text(part));
        }
        return bytes(all.toString());
    }
}
