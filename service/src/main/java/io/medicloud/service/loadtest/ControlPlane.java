// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.loadtest;

import com.linecorp.armeria.client.ClientFactory;
import com.linecorp.armeria.client.grpc.GrpcClients;
import io.grpc.stub.StreamObserver;
import io.medicloud.service.proto.GetSegmentUrlRequest;
import io.medicloud.service.proto.HealthCheckRequest;
import io.medicloud.service.proto.HealthCheckResponse.ServingStatus;
import io.medicloud.service.proto.ListSegmentsRequest;
import io.medicloud.service.proto.LivestreamGrpc.LivestreamBlockingStub;
import io.medicloud.service.proto.LivestreamGrpc.LivestreamStub;
import io.medicloud.service.proto.Segment;
import io.medicloud.service.proto.StartPullStreamRequest;
import io.medicloud.service.proto.StopPullStreamRequest;
import io.medicloud.service.proto.WatchEventsRequest;
import io.medicloud.service.proto.WatchEventsResponse;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** The service's API; how long each call took is kept. What a call throws is gRPC's own. Thread-safe. */
final class ControlPlane implements AutoCloseable {
    private static final long CALL_LIMIT_S = 30;
    private static final Duration CONNECT_LIMIT = Duration.ofSeconds(10);

    private final ClientFactory connections =
            ClientFactory.builder().connectTimeout(CONNECT_LIMIT).build();
    private final LivestreamBlockingStub calls;
    private final LivestreamStub streams;
    private final Latencies latencies = new Latencies();

    /** @param address {@code http://HOST:PORT} or {@code https://HOST:PORT} */
    ControlPlane(URI address) {
        String place = "gproto+" + address;
        calls = GrpcClients.builder(place).factory(connections).build(LivestreamBlockingStub.class);
        streams = GrpcClients.builder(place).factory(connections).build(LivestreamStub.class);
    }

    /** Starts a stream, and returns the port that its encoder calls. */
    int start(String liveId, String passphrase, Duration latency) {
        StartPullStreamRequest request = StartPullStreamRequest.newBuilder()
                .setLiveId(liveId)
                .setPassphrase(passphrase)
                .setAllowUnencrypted(passphrase.isEmpty())
                .setLatencyMs((int) latency.toMillis())
                .build();
        return timed(() -> stub().startPullStream(request)).getPort();
    }

    /** Ends a stream; false if there is none. */
    boolean stop(String liveId) {
        StopPullStreamRequest request =
                StopPullStreamRequest.newBuilder().setLiveId(liveId).build();
        return timed(() -> stub().stopPullStream(request)).getIsSuccess();
    }

    /** Whether it says that it serves. */
    boolean isServing() {
        return timed(() -> stub().healthCheck(HealthCheckRequest.getDefaultInstance()))
                        .getStatus()
                == ServingStatus.SERVING;
    }

    /** The newest segment of a stream, as a list of one or none. */
    List<Segment> newestSegment(String liveId) {
        ListSegmentsRequest request = ListSegmentsRequest.newBuilder()
                .setLiveId(liveId)
                .setNewest(true)
                .setLimit(1)
                .build();
        return timed(() -> stub().listSegments(request)).getSegmentsList();
    }

    /** Where a segment can be fetched. */
    URI url(String liveId, long sequence) {
        GetSegmentUrlRequest request = GetSegmentUrlRequest.newBuilder()
                .setLiveId(liveId)
                .setSequence(sequence)
                .build();
        return URI.create(timed(() -> stub().getSegmentUrl(request)).getUrl());
    }

    /** Watches events, for so long at the most. */
    void watch(WatchEventsRequest request, Duration limit, StreamObserver<WatchEventsResponse> observer) {
        streams.withDeadlineAfter(limit.toSeconds(), TimeUnit.SECONDS).watchEvents(request, observer);
    }

    /** How long calls took. */
    Latencies latencies() {
        return latencies;
    }

    private LivestreamBlockingStub stub() {
        return calls.withDeadlineAfter(CALL_LIMIT_S, TimeUnit.SECONDS);
    }

    private <T> T timed(Supplier<T> call) {
        long beganNs = System.nanoTime();
        try {
            return call.get();
        } finally {
            latencies.record((System.nanoTime() - beganNs) / 1000);
        }
    }

    @Override
    public void close() {
        connections.close();
    }
}
