// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import io.medicloud.service.config.ConfigLoader;
import io.medicloud.service.proto.LivestreamGrpc.LivestreamBlockingStub;
import io.medicloud.service.proto.LivestreamGrpc.LivestreamStub;
import io.medicloud.service.proto.StartPullStreamRequest;
import io.medicloud.service.proto.WatchEventsRequest;
import io.medicloud.service.proto.WatchEventsResponse;
import io.medicloud.srt.SrtStack;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A stream that comes too slowly, by a threshold that is set while it runs. */
final class QualityAlarmsTest {
    private static final String PASSPHRASE = "0123456789abcdef";

    @TempDir
    private Path directory;

    @Test
    void aStreamBelowItsBitrateIsToldOfUntilThatIsAllowed() throws Exception {
        WatchEventsRequest watch = WatchEventsRequest.newBuilder()
                .addTypes(WatchEventsResponse.Type.QUALITY_ALARM)
                .build();
        try (SrtStack stack = ServiceUnderTest.stack();
                ServiceUnderTest service = new ServiceUnderTest(directory, 2)) {
            int port = service.client(LivestreamBlockingStub.class)
                    .startPullStream(StartPullStreamRequest.newBuilder()
                            .setLiveId("slow")
                            .setPassphrase(PASSPHRASE)
                            .build())
                    .getPort();
            try (TestEncoder encoder = new TestEncoder(stack, port, PASSPHRASE).connected();
                    EventReader events = new EventReader(service.client(LivestreamStub.class), watch)) {
                encoder.begin(TestEncoder.stream(Duration.ofSeconds(2)));
                set(service, "alarms.bitrateBelow=5G", "alarms.after=1s");
                WatchEventsResponse raised = events.next();
                assertThat(raised.getLiveId()).isEqualTo("slow");
                assertThat(raised.getRaised()).isTrue();
                assertThat(raised.getReason()).startsWith("bitrate: ").endsWith("below 5000.000 Mbit/s");

                set(service, "alarms.after=1s");
                WatchEventsResponse cleared = events.next();
                assertThat(cleared.getRaised()).isFalse();
                assertThat(cleared.getReason()).startsWith("bitrate: no longer below ");
            }
        }
    }

    private void set(ServiceUnderTest service, String... settings) throws Exception {
        service.service()
                .onChange(
                        new ConfigLoader(directory, Map.of())
                                .load(null, List.of(settings))
                                .service(),
                        List.of());
    }
}
