// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.grpc;

import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import io.medicloud.service.proto.LivestreamGrpc.LivestreamStub;
import io.medicloud.service.proto.WatchEventsRequest;
import io.medicloud.service.proto.WatchEventsResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** One WatchEvents call; takes an event from the wire when the test asks for one, and none before. */
final class EventReader implements AutoCloseable {
    private static final int PATIENCE_S = 20;
    /** The client's own limit is for calls that end. */
    private static final int LONGEST_CALL_S = 600;

    private final BlockingQueue<Object> heard = new LinkedBlockingQueue<>();
    private volatile @Nullable ClientCallStreamObserver<WatchEventsRequest> call;

    EventReader(LivestreamStub client, WatchEventsRequest request) {
        client.withDeadlineAfter(LONGEST_CALL_S, TimeUnit.SECONDS)
                .watchEvents(request, new ClientResponseObserver<WatchEventsRequest, WatchEventsResponse>() {
                    @Override
                    public void beforeStart(ClientCallStreamObserver<WatchEventsRequest> begun) {
                        begun.disableAutoRequestWithInitial(0);
                        call = begun;
                    }

                    @Override
                    public void onNext(WatchEventsResponse event) {
                        heard.add(event);
                    }

                    @Override
                    public void onError(Throwable why) {
                        heard.add(why);
                    }

                    @Override
                    public void onCompleted() {
                        heard.add(new AssertionError("the service ended the call"));
                    }
                });
    }

    /** The next event; throws what the call failed with. */
    WatchEventsResponse next() throws InterruptedException {
        call.request(1);
        Object next = heard.poll(PATIENCE_S, TimeUnit.SECONDS);
        if (next instanceof RuntimeException failure) {
            throw failure;
        }
        if (next instanceof WatchEventsResponse event) {
            return event;
        }
        throw new AssertionError("no event within " + PATIENCE_S + " s: " + next);
    }

    List<WatchEventsResponse> take(int count) throws InterruptedException {
        List<WatchEventsResponse> taken = new ArrayList<>();
        while (taken.size() < count) {
            taken.add(next());
        }
        return taken;
    }

    List<WatchEventsResponse> takeUntil(WatchEventsResponse.Type last) throws InterruptedException {
        List<WatchEventsResponse> taken = new ArrayList<>();
        do {
            taken.add(next());
        } while (taken.get(taken.size() - 1).getType() != last);
        return taken;
    }

    @Override
    public void close() {
        call.cancel("read enough", null);
    }
}
