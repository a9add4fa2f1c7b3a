// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.medicloud.mpegts.packet.TsPacket;
import io.medicloud.service.grpc.ServiceUnderTest;
import io.medicloud.service.grpc.TestEncoder;
import io.medicloud.service.proto.LivestreamGrpc.LivestreamBlockingStub;
import io.medicloud.service.proto.StartPullStreamRequest;
import io.medicloud.service.proto.UpdateStreamRequest;
import io.medicloud.srt.SrtStack;
import io.medicloud.testdata.Impairment;
import io.medicloud.testdata.UdpRelay;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongUnaryOperator;
import java.util.stream.Collectors;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A service with little room, no store, no receiver of OTLP, and encoders that do what they should not: what does not move in {@link MetricsExportTest} moves here.
 */
@Tag("heavy")
final class RareMetricsTest {
    private static final Set<String> BY_LOAD = Set.of(
            "medicloud_limit",
            "medicloud_segments_lost_total",
            "medicloud_streams_dropped_bytes_total",
            "medicloud_otlp_records_total",
            "medicloud_events_waiting",
            "medicloud_spool_queue_bytes",
            "medicloud_streams_queue_bytes",
            "medicloud_streams_srt_undecrypted_packets_total",
            "medicloud_streams_srt_rebuilt_packets_total",
            "medicloud_streams_srt_belated_packets_total",
            "medicloud_streams_decoder_buffer_overflows_total",
            "medicloud_streams_decoder_buffer_underflows_total");
    private static final Set<String> BY_FLOOD =
            Set.of("medicloud_udp_drops_total", "medicloud_streams_kernel_drops_total");
    private static final Set<String> BY_SILENCE = Set.of("medicloud_stream_idle_seconds");

    private static final String PASSPHRASE = "0123456789";
    private static final Duration LENGTH = Duration.ofSeconds(6);
    private static final int PIECES = 60;
    private static final int PCR_HZ = 90_000;
    /** A second before the first picture. */
    private static final long FIRST_CLOCK = 9 * PCR_HZ;

    private static final int FLOODERS = 4;
    private static final Duration PATIENCE = Duration.ofSeconds(Integer.getInteger("rare.patience", 180));

    @TempDir
    private Path directory;

    private final AtomicBoolean isFlooding = new AtomicBoolean(true);
    private final AtomicBoolean isLossOurs = new AtomicBoolean(true);
    private int turn;

    /** What moves here; where all streams have it, so does each. */
    static Set<String> moved() {
        Set<String> all = new TreeSet<>();
        for (Set<String> some : List.of(BY_LOAD, BY_FLOOD, BY_SILENCE)) {
            all.addAll(some);
            some.forEach(name -> all.add(name.replace("medicloud_streams_", "medicloud_stream_")));
        }
        all.retainAll(MetricCatalog.all().stream().map(MetricFamily::name).collect(Collectors.toSet()));
        return all;
    }

    @Test
    void whatIsRareMovesToo() throws Exception {
        ScheduledExecutorService feeder = Executors.newScheduledThreadPool(1 + FLOODERS);
        try (SrtStack stack = ServiceUnderTest.stack();
                ServiceUnderTest service = new ServiceUnderTest(
                        directory,
                        5,
                        "store.endpoint=http://127.0.0.1:" + closedPort(),
                        "store.accessKey=access",
                        "store.secretKey=canary-secret",
                        "spool.maxBytes=512KiB",
                        "spool.whenFull=dropOldest",
                        "stream.reconnectWindow=10m",
                        "otlp.endpoint=http://127.0.0.1:" + closedPort(),
                        "otlp.signals=traces,logs",
                        "otlp.queue=16",
                        "stream.uploadWait=0s",
                        "shutdown.timeout=1s")) {
            MetricsWatch watch = new MetricsWatch(service.service().httpPort());
            watch.look();
            LivestreamBlockingStub client = service.client(LivestreamBlockingStub.class);
            int rough = start(client, request("rough"));
            int late = start(client, request("late"));
            int hasty = start(client, request("hasty"));
            int fast = start(client, request("fast").setMaxBitrate(100_000));
            service.change("stream.limit=9");
            try (UdpRelay relay = roughly(rough);
                    TestEncoder one = new TestEncoder(
                            stack,
                            "srt://127.0.0.1:" + relay.address().getPort() + "?mode=caller&passphrase=" + PASSPHRASE
                                    + "&packetfilter=fec,cols:5");
                    TestEncoder two = new TestEncoder(stack, late, PASSPHRASE);
                    TestEncoder three = new TestEncoder(stack, hasty, PASSPHRASE);
                    TestEncoder four = new TestEncoder(stack, fast, PASSPHRASE);
                    TestEncoder bursty = new TestEncoder(stack, start(client, request("bursty")), PASSPHRASE)) {
                List<TestEncoder> encoders =
                        List.of(one.connected(), two.connected(), three.connected(), four.connected());
                bursty.connected();
                byte[] media = TestEncoder.stream(LENGTH);
                List<byte[]> all = List.of(
                        media,
                        // All is due before it comes.
                        clocked(clock -> clock + 2 * PCR_HZ),
                        // All comes within a fiftieth of its time.
                        clocked(clock -> FIRST_CLOCK + (clock - FIRST_CLOCK) / 50),
                        media);
                ScheduledFuture<?> feeding = feeder.scheduleAtFixedRate(
                        () -> {
                            try {
                                feed(encoders, all, bursty, client);
                            } catch (RuntimeException | AssertionError e) {
                                if (isLossOurs.get()) {
                                    throw e;
                                }
                            }
                        },
                        0,
                        LENGTH.toMillis() / PIECES,
                        TimeUnit.MILLISECONDS);
                patiently(feeding).untilAsserted(() -> assertMoved(watch, BY_LOAD));
                // From now on an encoder may be lost: what it sends may not come through.
                isLossOurs.set(false);
                for (int i = 0; i < FLOODERS; i++) {
                    feeder.execute(() -> flood(late));
                }
                patiently(feeding).untilAsserted(() -> assertMoved(watch, BY_FLOOD));
                isFlooding.set(false);
                feeding.cancel(false);
                await().atMost(PATIENCE).untilAsserted(() -> assertMoved(watch, BY_SILENCE));
            }
            assertThat(watch.moved()).containsAll(moved());
        } finally {
            isFlooding.set(false);
            feeder.shutdownNow();
        }
    }

    private static ConditionFactory patiently(ScheduledFuture<?> feeding) {
        return await().atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(5))
                .failFast("an encoder is gone", feeding::isDone);
    }

    private static void assertMoved(MetricsWatch watch, Set<String> names) throws Exception {
        watch.look();
        assertThat(watch.moved()).containsAll(names);
    }

    private static StartPullStreamRequest.Builder request(String id) {
        return StartPullStreamRequest.newBuilder().setLiveId(id).setPassphrase(PASSPHRASE);
    }

    private static int start(LivestreamBlockingStub client, StartPullStreamRequest.Builder request) {
        return client.startPullStream(request.build()).getPort();
    }

    /** Loses some packets, holds some up for longer than the latency, and says of some that they are of a key that nobody has. */
    private static UdpRelay roughly(int port) throws IOException {
        int[] packets = new int[1];
        return UdpRelay.to(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), port),
                Impairment.NONE.withLoss(0.3).withJitterUs(2_000_000),
                Impairment.NONE,
                1,
                (fromCaller, datagram, nowUs) -> {
                    boolean isData = fromCaller && datagram[0] >= 0;
                    if (!isData) {
                        return UdpRelay.Tap.SAFE;
                    }
                    int number = packets[0]++;
                    if (number % 40 == 7) {
                        datagram[4] = (byte) (datagram[4] ^ 0x18); // its key is the odd one, not the even one
                    }
                    return number % 20 == 3 ? number : UdpRelay.Tap.SAFE;
                });
    }

    private void feed(
            List<TestEncoder> encoders, List<byte[]> media, TestEncoder bursty, LivestreamBlockingStub client) {
        int piece = turn++ % PIECES;
        for (int i = 0; i < encoders.size(); i++) {
            int packets = media.get(i).length / TsPacket.SIZE;
            encoders.get(i)
                    .begin(Arrays.copyOfRange(
                            media.get(i),
                            packets * piece / PIECES * TsPacket.SIZE,
                            packets * (piece + 1) / PIECES * TsPacket.SIZE));
        }
        if (piece % 10 == 0) {
            // At once, so that the disk has something to do.
            bursty.begin(media.get(0));
        }
        var unused = client.updateStream(UpdateStreamRequest.newBuilder()
                .setLiveId("late")
                .setReconnectWindowMs(600_000 + turn)
                .build());
    }

    /** What the encoder makes, by another clock: its references are others, its pictures' times are not. */
    private static byte[] clocked(LongUnaryOperator clock) {
        byte[] stream = TestEncoder.stream(LENGTH);
        for (int at = 0; at < stream.length; at += TsPacket.SIZE) {
            boolean hasClock =
                    (stream[at + 3] & 0x20) != 0 && (stream[at + 4] & 0xFF) >= 7 && (stream[at + 5] & 0x10) != 0;
            if (hasClock) {
                long base = 0;
                for (int i = 0; i < 4; i++) {
                    base = (base << 8) | (stream[at + 6 + i] & 0xFF);
                }
                // The lowest of 33 bits, and an extension of 0.
                long changed = clock.applyAsLong(base << 1) >> 1;
                for (int i = 3; i >= 0; i--) {
                    stream[at + 6 + i] = (byte) changed;
                    changed >>= 8;
                }
                stream[at + 10] = 0x7E;
                stream[at + 11] = 0;
            }
        }
        return stream;
    }

    /** More than anybody can take. */
    private void flood(int port) {
        try (DatagramSocket socket = new DatagramSocket()) {
            DatagramPacket nothing = new DatagramPacket(new byte[1316], 1316, InetAddress.getLoopbackAddress(), port);
            while (isFlooding.get()) {
                socket.send(nothing);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static int closedPort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }
}
