// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.StatusRuntimeException;
import io.medicloud.service.proto.LivestreamGrpc.LivestreamBlockingStub;
import io.medicloud.service.proto.LivestreamGrpc.LivestreamStub;
import io.medicloud.service.proto.StartPullStreamRequest;
import io.medicloud.service.proto.UpdateStreamRequest;
import io.medicloud.service.proto.UpdateStreamResponse;
import io.medicloud.service.proto.WatchEventsRequest;
import io.medicloud.service.proto.WatchEventsResponse;
import io.medicloud.srt.SrtStack;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** From where on a stream is dropped, told of or ended: its own, at its start and while it runs, beside one that has what is configured. */
final class StreamThresholdsTest {
    private static final String PASSPHRASE = "0123456789abcdef";
    private static final byte[] MEDIA = TestEncoder.stream(Duration.ofSeconds(2));

    @TempDir
    private Path directory;

    private SrtStack encoders;
    private ServiceUnderTest service;
    private LivestreamBlockingStub client;

    @BeforeEach
    void start() throws Exception {
        encoders = ServiceUnderTest.stack();
        use();
    }

    private void use(String... more) throws Exception {
        String[] all = java.util.Arrays.copyOf(more, more.length + 2);
        all[more.length] = "alarms.after=1s";
        all[more.length + 1] = "stream.maxBitrate=5G";
        service = new ServiceUnderTest(directory, 4, all);
        client = service.client(LivestreamBlockingStub.class);
    }

    @AfterEach
    void end() {
        service.close();
        encoders.close();
    }

    private int begin(String liveId, Consumer<StartPullStreamRequest.Builder> more) {
        StartPullStreamRequest.Builder request =
                StartPullStreamRequest.newBuilder().setLiveId(liveId).setPassphrase(PASSPHRASE);
        more.accept(request);
        return client.startPullStream(request.build()).getPort();
    }

    private static UpdateStreamRequest.Builder live() {
        return UpdateStreamRequest.newBuilder().setLiveId("own");
    }

    private UpdateStreamResponse update(UpdateStreamRequest.Builder request) {
        return client.updateStream(request.build());
    }

    private EventReader events(WatchEventsResponse.Type... types) {
        return new EventReader(
                service.client(LivestreamStub.class),
                WatchEventsRequest.newBuilder()
                        .addAllTypes(java.util.List.of(types))
                        .build());
    }

    private TestEncoder encoder(int port) throws Exception {
        return new TestEncoder(encoders, port, PASSPHRASE).connected();
    }

    @Test
    void aBitRateOfItsOwnCountsFromWhenItIsSetAndNoMoreWhenItIsTakenBack() throws Exception {
        int port = begin("own", request -> {});
        try (EventReader events = events(WatchEventsResponse.Type.LIMIT_REACHED);
                TestEncoder encoder = encoder(port)) {
            encoder.begin(MEDIA);
            assertThat(update(live().setMaxBitrate(64_000)).getChangedList()).containsExactly("max_bitrate");

            WatchEventsResponse reached = events.next();
            assertThat(reached.getLiveId()).isEqualTo("own");
            assertThat(reached.getReason()).contains("more comes than the stream may bring");

            assertThat(update(live().setMaxBitrate(0)).getMaxBitrate()).isZero();
            assertThat(update(live()).getChangedList()).isEmpty();
        }
    }

    @Test
    void silenceIsToldAfterAsLongAsIsSet() throws Exception {
        int port = begin("own", request -> request.setStallAfterMs(86_400_000));
        try (EventReader events = events(WatchEventsResponse.Type.STALLED);
                TestEncoder encoder = encoder(port)) {
            encoder.send(MEDIA);
            update(live().setStallAfterMs(500));

            assertThat(events.next().getReason()).contains("PT0.5S");
        }
    }

    @Test
    void aStreamToWhichNothingComesFails() throws Exception {
        begin("other", request -> {});
        begin("own", request -> request.setNoMediaTimeoutMs(86_400_000));
        try (EventReader events = events(WatchEventsResponse.Type.STREAM_FAILED)) {
            update(live().setNoMediaTimeoutMs(1));

            assertThat(events.next().getLiveId()).isEqualTo("own");
        }
    }

    @Test
    void itsAlarmsAreItsOwn() throws Exception {
        int ownPort = begin("own", request -> request.setAlarmBitrateBelow(5_000_000_000L));
        int otherPort = begin("other", request -> {});
        try (EventReader events = events(WatchEventsResponse.Type.QUALITY_ALARM);
                TestEncoder own = encoder(ownPort);
                TestEncoder other = encoder(otherPort)) {
            own.begin(MEDIA);
            other.begin(MEDIA);

            WatchEventsResponse raised = events.next();
            assertThat(raised.getLiveId()).isEqualTo("own");
            assertThat(raised.getRaised()).isTrue();
            assertThat(raised.getReason()).startsWith("bitrate: ").endsWith("below 5000.000 Mbit/s");

            update(live().setAlarmBitrateBelow(0));
            WatchEventsResponse cleared = events.next();
            assertThat(cleared.getLiveId()).isEqualTo("own");
            assertThat(cleared.getRaised()).isFalse();
        }
    }

    @Test
    void theyAreKeptAcrossARestart() throws Exception {
        begin(
                "own",
                request -> request.setStallAfterMs(700).setAlarmLossAbove(2.5).setAlarmRttAboveMs(250));
        update(live().setMaxBitrate(8_000_000).setAlarmFrameRateBelow(23.5).setNoMediaTimeoutMs(600_000));
        String ports = "srt.ports=" + service.ports();
        service.close();
        use(ports);

        assertThat(update(live()))
                .isEqualTo(UpdateStreamResponse.newBuilder()
                        .setLiveId("own")
                        .setStallAfterMs(700)
                        .setAlarmLossAbove(2.5)
                        .setAlarmRttAboveMs(250)
                        .setMaxBitrate(8_000_000)
                        .setAlarmFrameRateBelow(23.5)
                        .setNoMediaTimeoutMs(600_000)
                        .build());
    }

    @Test
    void whatIsOutOfRangeIsNamedWithItsRange() {
        begin("own", request -> {});
        refused(live().setMaxBitrate(-1), "max_bitrate: must be 1 to 10000000000, or 0");
        refused(
                live().setMaxBitrate(5_000_000_001L),
                "max_bitrate: must be up to 5000000000, which stream.maxBitrate allows, or 0");
        refused(live().setStallAfterMs(86_400_001), "stall_after_ms: must be 1 to 86400000, or 0");
        refused(live().setNoMediaTimeoutMs(86_400_001), "no_media_timeout_ms: must be 1 to 86400000, or 0");
        refused(live().setAlarmBitrateBelow(-1), "alarm_bitrate_below: must be 1 to 10000000000, or 0");
        for (double wrong : new double[] {-1, 301, Double.NaN, Double.POSITIVE_INFINITY}) {
            refused(live().setAlarmFrameRateBelow(wrong), "alarm_frame_rate_below: must be above 0, up to 300, or 0");
            refused(live().setAlarmLossAbove(wrong), "alarm_loss_above: must be above 0, up to 100, or 0");
        }
        refused(live().setAlarmRttAboveMs(60_001), "alarm_rtt_above_ms: must be 1 to 60000, or 0");

        assertThatThrownBy(() -> begin("third", request -> request.setMaxBitrate(6_000_000_000L)))
                .hasMessageStartingWith("INVALID_ARGUMENT: max_bitrate: must be up to 5000000000");
    }

    private void refused(UpdateStreamRequest.Builder request, String message) {
        assertThatThrownBy(() -> update(request))
                .isInstanceOf(StatusRuntimeException.class)
                .hasMessage("INVALID_ARGUMENT: " + message);
    }
}
