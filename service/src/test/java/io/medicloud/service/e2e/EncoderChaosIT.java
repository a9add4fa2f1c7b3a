// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.medicloud.service.proto.WatchEventsResponse;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.awaitility.Awaitility;
import org.gaul.s3proxy.S3Proxy;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/**
 * An encoder (ffmpeg) is killed at random moments and started again at once, as its supervisor would do. With {@code -Dchaos.long=true} in its long form.
 */
@Execution(ExecutionMode.CONCURRENT)
class EncoderChaosIT extends ChaosScene {
    private static final int KILLS = number("encoderKills", 1, 49);
    private static final Duration LIMIT = Duration.ofSeconds(60);

    private int turnedAway;

    @Test
    void eachReturnIsOneDiscontinuityAndNothingElseChanges() throws Exception {
        Random random = new Random(SEED);
        int storePort = Ports.freeTcp();
        int ports = Ports.freeUdp(1);
        Story story = new Story();
        media(60, 500);
        S3Proxy store = store(storePort);
        try (ServiceProcess service = launch(storePort, ports, 1, "segment.duration=1s", "srt.stack=java");
                NodeClient client = service.connect()) {
            int port = start(service, "live");
            NodeClient.Call watch = client.begin("WatchStreamStatus", "live_id", "live");
            for (int i = 0; i <= KILLS; i++) {
                int before = i;
                Encoder encoder = encoderThatIsTaken(service, story, port, before);
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(random.nextInt(1200, 3000)));
                encoder.kill();
            }
            stop(service, "live");
            story.readToTheEnd(service, 1, LIMIT);
            story.check("live", bucket("live"));

            assertThat(story.of("live", WatchEventsResponse.Type.CONNECTED)).hasSize(KILLS + 1);
            assertThat(story.of("live", WatchEventsResponse.Type.DISCONNECTED)).hasSize(KILLS + 1);
            assertThat(story.of("live", WatchEventsResponse.Type.MEDIA_FLOWING)).hasSize(KILLS + 1);
            assertThat(story.of("live", WatchEventsResponse.Type.STREAM_STARTED))
                    .hasSize(1);
            assertThat(story.of("live", WatchEventsResponse.Type.SEGMENT_LOST)).isEmpty();
            List<WatchEventsResponse> sealed = story.of("live", WatchEventsResponse.Type.SEGMENT_SEALED);
            assertThat(sealed.stream().filter(event -> event.getSegment().getDiscontinuity()))
                    .as("one a return")
                    .hasSize(KILLS);
            assertThat(watch.status().code()).isEqualTo("OK");
            assertThat(watch.messages())
                    .extracting(message -> message.path("is_streaming").asBoolean())
                    .as("a status watcher hears none of it")
                    .containsExactly(true, false);
            System.out.println("chaos.seed=" + SEED + " encoder killed " + (KILLS + 1) + " times, turned away "
                    + turnedAway + " times; " + story.ledger("live"));
            assertThat(turnedAway)
                    .as("one that was killed is followed by itself")
                    .isZero();
        } finally {
            store.stop();
        }
    }

    /** Starts it until it is let in. */
    private Encoder encoderThatIsTaken(ServiceProcess service, Story story, int port, int connectedBefore)
            throws Exception {
        Encoder[] current = {Encoder.copy(port, PASSPHRASE, directory.resolve("media.ts"))};
        Awaitility.await("the encoder is let in").atMost(LIMIT).until(() -> {
            story.read(service, Duration.ofMillis(300));
            if (story.of("live", WatchEventsResponse.Type.MEDIA_FLOWING).size() > connectedBefore) {
                return true;
            }
            if (!current[0].isRunning()) {
                turnedAway++;
                current[0].close();
                current[0] = Encoder.copy(port, PASSPHRASE, directory.resolve("media.ts"));
            }
            return false;
        });
        return current[0];
    }
}
