// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.medicloud.service.proto.GetStreamInfoRequest;
import io.medicloud.service.proto.LivestreamGrpc.LivestreamBlockingStub;
import io.medicloud.service.proto.LivestreamGrpc.LivestreamStub;
import io.medicloud.service.proto.StartPullStreamRequest;
import io.medicloud.service.proto.StopPullStreamRequest;
import io.medicloud.service.proto.WatchEventsRequest;
import io.medicloud.service.proto.WatchEventsResponse;
import io.medicloud.srt.SrtStack;
import io.medicloud.testdata.Impairment;
import io.medicloud.testdata.UdpRelay;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Encoders that come while another is there, or bring more than they may, over real SRT. */
final class TakeoverTest {
    private static final String PASSPHRASE = "0123456789abcdef";
    private static final byte[] MEDIA = TestEncoder.stream(Duration.ofSeconds(8));

    @TempDir
    private Path directory;

    private static void start(ServiceUnderTest service, String liveId, String streamId) {
        service.client(LivestreamBlockingStub.class)
                .startPullStream(StartPullStreamRequest.newBuilder()
                        .setLiveId(liveId)
                        .setPassphrase(PASSPHRASE)
                        .setStreamId(streamId)
                        .build());
    }

    private static List<WatchEventsResponse> stop(ServiceUnderTest service, String liveId) throws Exception {
        service.client(LivestreamBlockingStub.class)
                .stopPullStream(
                        StopPullStreamRequest.newBuilder().setLiveId(liveId).build());
        WatchEventsRequest whole =
                WatchEventsRequest.newBuilder().addLiveIds(liveId).build();
        try (EventReader events = new EventReader(service.client(LivestreamStub.class), whole)) {
            return events.takeUntil(WatchEventsResponse.Type.STREAM_ENDED);
        }
    }

    private static String caller(int port, String streamId) {
        return "srt://127.0.0.1:" + port + "?mode=caller&passphrase=" + PASSPHRASE
                + (streamId.isEmpty() ? "" : "&streamid=" + streamId);
    }

    private static int freePort() throws Exception {
        try (DatagramSocket socket = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private static long count(List<WatchEventsResponse> events, WatchEventsResponse.Type type) {
        return events.stream().filter(event -> event.getType() == type).count();
    }

    @Test
    void onASharedPortTheNewcomerTakesThePlaceIfItMayAndOnlyOfItsOwnStream() throws Exception {
        int port = freePort();
        try (SrtStack stack = ServiceUnderTest.stack();
                ServiceUnderTest service =
                        new ServiceUnderTest(directory, 2, "srt.sharedPort=" + port, "stream.takeover=replace")) {
            start(service, "taken", "taken");
            start(service, "beside", "beside");
            try (TestEncoder beside = new TestEncoder(stack, caller(port, "beside")).connected();
                    TestEncoder first = new TestEncoder(stack, caller(port, "taken")).connected()) {
                beside.send(MEDIA);
                first.send(MEDIA);
                try (TestEncoder second = new TestEncoder(stack, caller(port, "taken")).connected()) {
                    second.send(MEDIA);
                    await().until(first::isClosed);
                    assertThat(beside.isClosed()).isFalse();
                }
            }
            List<WatchEventsResponse> events = stop(service, "taken");
            assertThat(count(events, WatchEventsResponse.Type.CONNECTED)).isEqualTo(2);
            assertThat(count(stop(service, "beside"), WatchEventsResponse.Type.CONNECTED))
                    .isEqualTo(1);
            ByteArrayOutputStream twice = new ByteArrayOutputStream();
            twice.writeBytes(MEDIA);
            twice.writeBytes(MEDIA);
            assertThat(joined(service, "taken")).isEqualTo(twice.toByteArray());
            assertThat(joined(service, "beside")).isEqualTo(MEDIA);
        }
    }

    @Test
    void onASharedPortASecondOneIsTurnedAwayWhileTheFirstSends() throws Exception {
        int port = freePort();
        try (SrtStack stack = ServiceUnderTest.stack();
                ServiceUnderTest service = new ServiceUnderTest(directory, 2, "srt.sharedPort=" + port)) {
            start(service, "kept", "kept");
            try (TestEncoder first = new TestEncoder(stack, caller(port, "kept")).connected()) {
                AtomicBoolean isEnough = new AtomicBoolean();
                CompletableFuture<Void> sending = CompletableFuture.runAsync(() -> {
                    while (!isEnough.get()) {
                        first.send(MEDIA);
                    }
                });
                await().until(() -> received(service, "kept") > 0);
                assertThatThrownBy(() -> new TestEncoder(stack, caller(port, "kept")).connected())
                        .isInstanceOf(IOException.class)
                        .hasMessageContaining("CONFLICT");
                isEnough.set(true);
                sending.get(30, TimeUnit.SECONDS);
                assertThat(first.isClosed()).isFalse();
            }
            assertThat(count(stop(service, "kept"), WatchEventsResponse.Type.CONNECTED))
                    .isEqualTo(1);
        }
    }

    @Test
    void whoComesAtOnceAfterAnEncoderThatWasKilledTakesItsPlace() throws Exception {
        try (SrtStack stack = ServiceUnderTest.stack();
                ServiceUnderTest service = new ServiceUnderTest(directory, 2, "srt.stack=java")) {
            start(service, "killed", "");
            int port = service.ports().first();
            InetSocketAddress there = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
            UdpRelay network =
                    UdpRelay.to(there, Impairment.NONE, Impairment.NONE, 1, (from, bytes, us) -> UdpRelay.Tap.SAFE);
            try (TestEncoder killed =
                    new TestEncoder(stack, caller(network.address().getPort(), "")).connected()) {
                killed.send(MEDIA);
                await().until(() -> received(service, "killed") == MEDIA.length);
                network.close();
                try (TestEncoder next = new TestEncoder(stack, caller(port, "")).connected()) {
                    next.send(MEDIA);
                }
            }
            assertThat(count(stop(service, "killed"), WatchEventsResponse.Type.CONNECTED))
                    .isEqualTo(2);
            assertThat(joined(service, "killed")).hasSize(2 * MEDIA.length);
        }
    }

    private static long received(ServiceUnderTest service, String liveId) {
        return service.client(LivestreamBlockingStub.class)
                .getStreamInfo(
                        GetStreamInfoRequest.newBuilder().setLiveId(liveId).build())
                .getReceivedBytes();
    }

    @Test
    void whatIsAboveTheBitRateIsDroppedCountedAndToldAndTheRestIsStored() throws Exception {
        try (SrtStack stack = ServiceUnderTest.stack();
                ServiceUnderTest service = new ServiceUnderTest(directory, 2, "stream.maxBitrate=400k")) {
            start(service, "fast", "");
            try (TestEncoder encoder =
                    new TestEncoder(stack, caller(service.ports().first(), "")).connected()) {
                encoder.send(MEDIA);
            }
            List<WatchEventsResponse> events = stop(service, "fast");

            assertThat(events)
                    .filteredOn(event -> event.getType() == WatchEventsResponse.Type.LIMIT_REACHED)
                    .isNotEmpty()
                    .allSatisfy(event -> assertThat(event.getLimit()).isEqualTo("stream.maxBitrate"));
            long dropped = events.stream()
                    .filter(event -> event.getType() == WatchEventsResponse.Type.BYTES_DROPPED)
                    .mapToLong(WatchEventsResponse::getBytes)
                    .sum();
            long sealed = events.stream()
                    .filter(event -> event.getType() == WatchEventsResponse.Type.SEGMENT_SEALED)
                    .mapToLong(event ->
                            event.getBytes() - 188L * event.getSegment().getInjectedPackets())
                    .sum();
            assertThat(dropped).isPositive();
            assertThat(sealed + dropped).isEqualTo(MEDIA.length);
        }
    }

    private static byte[] joined(ServiceUnderTest service, String liveId) throws Exception {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (Path segment : service.segments(liveId)) {
            all.writeBytes(Files.readAllBytes(segment));
        }
        return all.toByteArray();
    }
}
