// SPDX-License-Identifier: Apache-2.0
import io.grpc.CallCredentials;
import io.grpc.Channel;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.medicloud.service.proto.GetSegmentUrlRequest;
import io.medicloud.service.proto.HealthCheckRequest;
import io.medicloud.service.proto.LivestreamGrpc;
import io.medicloud.service.proto.LivestreamGrpc.LivestreamBlockingStub;
import io.medicloud.service.proto.StartPullStreamRequest;
import io.medicloud.service.proto.StartPullStreamResponse;
import io.medicloud.service.proto.StopPullStreamRequest;
import io.medicloud.service.proto.WatchEventsRequest;
import io.medicloud.service.proto.WatchEventsResponse;
import java.util.Iterator;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/**
 * A client of the API: starts a stream, prints where its encoder has to call, and an address for each segment as it comes to stand in the bucket; stops the stream after
 * so many. Record HOST:PORT LIVE_ID PASSPHRASE SEGMENTS [TOKEN]. Needs what protoc and grpc-java make of livestream.proto, grpc-stub, grpc-protobuf and grpc-netty-shaded.
 */
public final class Record {
    private Record() {}

    public static void main(String[] arguments) throws InterruptedException {
        // Beyond loopback: TlsChannelCredentials.create().
        ManagedChannel channel = Grpc.newChannelBuilder(arguments[0], InsecureChannelCredentials.create())
                .build();
        try {
            String token = arguments.length > 4 ? arguments[4] : "";
            record(client(channel, token), arguments[1], arguments[2], Integer.parseInt(arguments[3]));
        } finally {
            channel.shutdownNow().awaitTermination(5, TimeUnit.SECONDS);
        }
    }

    private static LivestreamBlockingStub client(Channel channel, String token) {
        LivestreamBlockingStub client = LivestreamGrpc.newBlockingStub(channel);
        return token.isEmpty() ? client : client.withCallCredentials(new Bearer(token));
    }

    private static void record(LivestreamBlockingStub client, String liveId, String passphrase, int segments) {
        System.out.println("service: "
                + client.withDeadlineAfter(5, TimeUnit.SECONDS)
                        .healthCheck(HealthCheckRequest.getDefaultInstance())
                        .getStatus());
        // Before the start, so that nothing is missed. Who comes back later says from_cursor: the cursor of the last event it has dealt with.
        Iterator<WatchEventsResponse> events = client.watchEvents(
                WatchEventsRequest.newBuilder().setFromNow(true).addLiveIds(liveId).build());
        StartPullStreamResponse started = client.withDeadlineAfter(5, TimeUnit.SECONDS)
                .startPullStream(StartPullStreamRequest.newBuilder()
                        .setLiveId(liveId)
                        .setPassphrase(passphrase)
                        .build());
        System.out.println("call: srt port " + started.getPort());
        int stored = 0;
        while (stored < segments && events.hasNext()) {
            WatchEventsResponse event = events.next();
            if (event.getType() == WatchEventsResponse.Type.SEGMENT_UPLOADED) {
                stored++;
                String url = client.getSegmentUrl(GetSegmentUrlRequest.newBuilder()
                                .setLiveId(liveId)
                                .setSequence(event.getSequence())
                                .build())
                        .getUrl();
                System.out.println("segment " + event.getSequence() + ": " + event.getBytes() + " bytes, " + url);
            }
        }
        boolean stopped = client.stopPullStream(
                        StopPullStreamRequest.newBuilder().setLiveId(liveId).build())
                .getIsSuccess();
        System.out.println("stopped: " + stopped);
    }

    /** A token, as the service takes it: authorization: Bearer TOKEN. */
    private static final class Bearer extends CallCredentials {
        private static final Metadata.Key<String> AUTHORIZATION =
                Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);

        private final String token;

        Bearer(String token) {
            this.token = token;
        }

        @Override
        public void applyRequestMetadata(RequestInfo info, Executor executor, MetadataApplier applier) {
            Metadata headers = new Metadata();
            headers.put(AUTHORIZATION, "Bearer " + token);
            applier.apply(headers);
        }
    }
}
