// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.grpc.BindableService;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.inprocess.InProcessServerBuilder;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.medicloud.service.proto.LivestreamGrpc;
import io.medicloud.service.proto.StreamStats;
import io.medicloud.service.proto.WatchStreamStatsRequest;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What is passed on from node to node, no faster than it is taken. */
final class PassedOnTest {
    private static final int ALL = 1000;

    private final List<Server> servers = new ArrayList<>();
    private final List<ManagedChannel> channels = new ArrayList<>();
    private final AtomicInteger given = new AtomicInteger();
    private final CompletableFuture<ServerCallStreamObserver<StreamStats>> owner = new CompletableFuture<>();

    private ManagedChannel serve(BindableService service) throws IOException {
        String name = InProcessServerBuilder.generateName();
        servers.add(
                InProcessServerBuilder.forName(name).addService(service).build().start());
        ManagedChannel channel = InProcessChannelBuilder.forName(name).build();
        channels.add(channel);
        return channel;
    }

    /** A node that owns a stream, and gives as much as is taken. */
    private final class Owner extends LivestreamGrpc.LivestreamImplBase {
        @Override
        public void watchStreamStats(WatchStreamStatsRequest request, StreamObserver<StreamStats> responses) {
            var call = (ServerCallStreamObserver<StreamStats>) responses;
            call.setOnReadyHandler(() -> {
                while (call.isReady() && given.get() < ALL) {
                    call.onNext(StreamStats.getDefaultInstance());
                    given.incrementAndGet();
                }
                if (given.get() == ALL) {
                    call.onCompleted();
                }
            });
            owner.complete(call);
        }
    }

    /** A node that passes calls on to it. */
    private static final class Asked extends LivestreamGrpc.LivestreamImplBase {
        private final LivestreamGrpc.LivestreamStub owner;

        Asked(ManagedChannel to) {
            owner = LivestreamGrpc.newStub(to);
        }

        @Override
        public void watchStreamStats(WatchStreamStatsRequest request, StreamObserver<StreamStats> responses) {
            owner.watchStreamStats(request, new PassedOn<>(responses));
        }
    }

    private ClientCall<WatchStreamStatsRequest, StreamStats> watch(
            List<StreamStats> taken, CompletableFuture<Status> ended) throws IOException {
        ClientCall<WatchStreamStatsRequest, StreamStats> call = serve(new Asked(serve(new Owner())))
                .newCall(LivestreamGrpc.getWatchStreamStatsMethod(), CallOptions.DEFAULT);
        call.start(
                new ClientCall.Listener<>() {
                    @Override
                    public void onMessage(StreamStats message) {
                        taken.add(message);
                    }

                    @Override
                    public void onClose(Status status, Metadata trailers) {
                        ended.complete(status);
                    }
                },
                new Metadata());
        call.sendMessage(WatchStreamStatsRequest.getDefaultInstance());
        call.halfClose();
        return call;
    }

    @AfterEach
    void stop() {
        channels.forEach(ManagedChannel::shutdownNow);
        servers.forEach(Server::shutdownNow);
    }

    @Test
    void whoTakesNothingHasTheOwnerWaitAndGetsAllAfterwards() throws Exception {
        List<StreamStats> taken = new CopyOnWriteArrayList<>();
        CompletableFuture<Status> ended = new CompletableFuture<>();
        var call = watch(taken, ended);
        call.request(1);
        await("the owner has to wait")
                .until(() -> owner.isDone() && given.get() > 0 && !owner.join().isReady());
        assertThat(given.get()).isLessThan(ALL);
        call.request(ALL);
        await("the end").until(ended::isDone);
        assertThat(ended.join().getCode()).isEqualTo(Status.Code.OK);
        assertThat(taken).hasSize(ALL);
    }

    @Test
    void whoIsGoneIsGoneForTheOwnerToo() throws Exception {
        var call = watch(new CopyOnWriteArrayList<>(), new CompletableFuture<>());
        await("it is passed on").until(owner::isDone);
        call.cancel("enough", null);
        await("the owner knows").until(() -> owner.join().isCancelled());
    }
}
