// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.hls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.linecorp.armeria.client.grpc.GrpcClients;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jwt.JWTClaimsSet;
import io.medicloud.service.Http1;
import io.medicloud.service.config.ConfigLoader;
import io.medicloud.service.config.ConfigWatch;
import io.medicloud.service.grpc.ServiceUnderTest;
import io.medicloud.service.proto.GetPlaybackUrlRequest;
import io.medicloud.service.proto.GetPlaybackUrlResponse;
import io.medicloud.service.proto.LivestreamGrpc.LivestreamBlockingStub;
import io.medicloud.service.security.TestIssuer;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** For how long a signed address may be good at the most. */
final class PlaybackLimitsTest {
    private static final int YEAR_S = 365 * 24 * 3600;

    @TempDir
    private Path directory;

    private static GetPlaybackUrlResponse grant(LivestreamBlockingStub client, int seconds) {
        return client.getPlaybackUrl(GetPlaybackUrlRequest.newBuilder()
                .setLiveId("live")
                .setExpiresSeconds(seconds)
                .build());
    }

    private static int status(ServiceUnderTest service, String path) throws Exception {
        URI place = URI.create("http://127.0.0.1:" + service.service().httpPort() + path);
        return Http1.client()
                .send(HttpRequest.newBuilder(place).build(), BodyHandlers.discarding())
                .statusCode();
    }

    @Test
    void asLongAsIsConfigured() throws Exception {
        try (ServiceUnderTest service =
                new ServiceUnderTest(directory, 1, "playback.secret=canary-of-playback", "playback.maxExpires=12h")) {
            LivestreamBlockingStub client = service.client(LivestreamBlockingStub.class);
            Duration good = Duration.ofMillis(grant(client, YEAR_S).getExpiresAtMs() - System.currentTimeMillis());
            assertThat(good).isBetween(Duration.ofHours(11), Duration.ofHours(12));
        }
    }

    @Test
    void asLongAsTheTokenOfWhoAsks() throws Exception {
        ECKey key = TestIssuer.curve("now");
        try (TestIssuer issuer = new TestIssuer()) {
            issuer.publish(key);
            try (ServiceUnderTest service = new ServiceUnderTest(
                    directory,
                    1,
                    "playback.secret=canary-of-playback",
                    "jwt.keys=" + issuer.address(),
                    "jwt.issuer=" + TestIssuer.NAME,
                    "jwt.audience=" + TestIssuer.AUDIENCE,
                    "jwt.clockSkew=0s")) {
                JWTClaimsSet claims =
                        TestIssuer.claims("wall", "viewer", Instant.now()).build();
                LivestreamBlockingStub client = GrpcClients.builder(
                                "gproto+http://127.0.0.1:" + service.service().grpcPort() + "/")
                        .addHeader("authorization", "Bearer " + TestIssuer.token(key, claims))
                        .build(LivestreamBlockingStub.class);
                for (int seconds : new int[] {0, 3600}) {
                    assertThat(grant(client, seconds).getExpiresAtMs())
                            .isLessThanOrEqualTo(
                                    claims.getExpirationTime().toInstant().toEpochMilli());
                }
                assertThat(status(service, grant(client, 0).getPlaylist())).isEqualTo(404);
            }
        }
    }

    @Test
    void asLongAsItsSecretIsInForce() throws Exception {
        Path file = directory.resolve("medicloud.yaml");
        Files.writeString(file, "playback.secret: canary-of-playback-1");
        ConfigLoader loader = new ConfigLoader(directory, Map.of());
        try (ServiceUnderTest service = new ServiceUnderTest(directory, 1);
                ConfigWatch config = new ConfigWatch(
                        loader.load(null, List.of()),
                        () -> loader.load(null, List.of()),
                        Duration.ofHours(1),
                        service.service())) {
            LivestreamBlockingStub client = service.client(LivestreamBlockingStub.class);
            String old = grant(client, 0).getPlaylist();
            assertThat(status(service, old)).isEqualTo(404);

            Files.writeString(file, "playback.secret: canary-of-playback-2");
            config.lookNow();

            await().atMost(Duration.ofSeconds(20)).until(() -> status(service, old) == 403);
            assertThat(status(service, grant(client, 0).getPlaylist())).isEqualTo(404);
        }
    }
}
