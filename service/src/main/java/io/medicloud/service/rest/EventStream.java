// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.rest;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.util.JsonFormat;
import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpObject;
import com.linecorp.armeria.common.HttpResponseWriter;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.common.ResponseHeaders;
import com.linecorp.armeria.server.ServiceRequestContext;
import io.grpc.Status;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import io.medicloud.service.security.Answers;
import io.medicloud.service.security.Authentication;
import io.medicloud.service.security.Identity;
import io.medicloud.service.security.ProofEnd;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The answers of one call with a stream of answers, as server-sent events: each is asked for once the one before has left. An answer's cursor is its event's id, so that a
 * browser that comes back says where it was. The call's end is an event {@code end}, its failure an event {@code failure}; one that fails at once is answered with an
 * HTTP status. A comment goes out now and then, so that whoever waits notices that we are gone. Thread-safe.
 */
final class EventStream implements ClientResponseObserver<Message, Message> {
    /** A call that fails at once does so by then. */
    private static final long PATIENCE_MS = 200;

    private static final long HEARTBEAT_MS = 5_000;
    /** What is zero is told, too. */
    static final JsonFormat.Printer JSON =
            JsonFormat.printer().omittingInsignificantWhitespace().alwaysPrintFieldsWithNoPresence();

    private final @Nullable Identity reader;
    private final HttpResponseWriter response;
    private final ScheduledFuture<?> heartbeat;
    private @Nullable ClientCallStreamObserver<Message> call;
    private boolean isBegun;
    private boolean isOver;

    EventStream(ServiceRequestContext context, HttpResponseWriter response) {
        this.response = response;
        this.reader = Authentication.caller(context);
        ScheduledFuture<?> begin = context.eventLoop().schedule(this::begin, PATIENCE_MS, TimeUnit.MILLISECONDS);
        heartbeat = context.eventLoop()
                .scheduleAtFixedRate(() -> write(":\n\n"), HEARTBEAT_MS, HEARTBEAT_MS, TimeUnit.MILLISECONDS);
        ProofEnd.whenOver(context, this::expire);
        var unused = response.whenComplete().whenComplete((done, failure) -> {
            begin.cancel(false);
            heartbeat.cancel(false);
            leave();
        });
    }

    @Override
    public void beforeStart(ClientCallStreamObserver<Message> stream) {
        call = stream;
        stream.disableAutoRequestWithInitial(1);
    }

    @Override
    public synchronized void onNext(Message whole) {
        Message answer = reader == null ? whole : Answers.visible(reader, whole);
        begin();
        write(idOf(answer) + "data: " + json(answer) + "\n\n");
        var unused = response.whenConsumed().thenRun(this::askForNext);
    }

    private void askForNext() {
        ClientCallStreamObserver<Message> stream = call;
        if (stream != null && response.isOpen()) {
            stream.request(1);
        }
    }

    @Override
    public synchronized void onError(Throwable failure) {
        Status status = Status.fromThrowable(failure);
        if (isOver) {
            return;
        }
        isOver = true;
        if (isBegun) {
            write("event: failure\ndata: " + ApiError.json(status) + "\n\n");
        } else {
            put(ResponseHeaders.of(ApiError.httpStatus(status), HttpHeaderNames.CONTENT_TYPE, MediaType.JSON_UTF_8));
            write(ApiError.json(status));
        }
        response.close();
    }

    /** It is not proven any more who reads this. */
    private void expire(Status why) {
        ClientCallStreamObserver<Message> stream = call;
        onError(why.asRuntimeException());
        if (stream != null) {
            stream.cancel("it is not proven any more who reads", null);
        }
    }

    @Override
    public synchronized void onCompleted() {
        if (isOver) {
            return;
        }
        begin();
        isOver = true;
        write("event: end\ndata: {}\n\n");
        response.close();
    }

    /** Nothing has gone wrong so far. */
    private synchronized void begin() {
        if (!isBegun && !isOver) {
            isBegun = true;
            put(ResponseHeaders.builder(HttpStatus.OK)
                    .contentType(MediaType.EVENT_STREAM)
                    .set(HttpHeaderNames.CACHE_CONTROL, "no-store")
                    // A proxy that gathers what goes through would hold events back.
                    .set("x-accel-buffering", "no")
                    .build());
            write("retry: 1000\n\n");
        }
    }

    private synchronized void write(String text) {
        if (isBegun || isOver) {
            put(HttpData.ofUtf8(text));
        }
    }

    private void put(HttpObject part) {
        if (!response.tryWrite(part)) {
            // The client is gone; whoever waits for the response's end deals with the call.
            heartbeat.cancel(false);
        }
    }

    private synchronized void leave() {
        ClientCallStreamObserver<Message> stream = call;
        if (!isOver && stream != null) {
            isOver = true;
            stream.cancel("the client is gone", null);
        }
    }

    private static String idOf(Message answer) {
        FieldDescriptor cursor = answer.getDescriptorForType().findFieldByName("cursor");
        return cursor == null ? "" : "id: " + answer.getField(cursor) + "\n";
    }

    private static String json(Message answer) {
        try {
            return JSON.print(answer);
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException("the message has no field of type Any", e);
        }
    }
}
