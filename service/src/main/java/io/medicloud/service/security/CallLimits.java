// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.security;

import com.google.protobuf.Any;
import com.google.protobuf.Duration;
import com.google.rpc.Code;
import com.google.rpc.RetryInfo;
import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.server.HttpService;
import com.linecorp.armeria.server.ServiceRequestContext;
import io.grpc.Metadata;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import io.netty.util.AttributeKey;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Keeps each client of the control faces to a number of calls: who is known by name, others by address. Says to those beyond when to come again. Thread-safe. */
public final class CallLimits {
    /** Its name in the configuration. */
    public static final String NAME = "control.callsPerSecond";

    private static final Metadata.Key<String> PUSHBACK =
            Metadata.Key.of("grpc-retry-pushback-ms", Metadata.ASCII_STRING_MARSHALLER);
    private static final AttributeKey<Long> RETRY_AFTER_S = AttributeKey.valueOf(CallLimits.class, "RETRY_AFTER_S");
    private static final int MOST_CLIENTS = 10_000;
    private static final long NS_PER_MS = 1_000_000;
    private static final long MS_PER_S = 1_000;

    private final Supplier<CallRate> rate;
    private final LongSupplier nanoClock;
    private final RateTable calls = new RateTable(MOST_CLIENTS);
    private final LongAdder refused = new LongAdder();

    /** @param rate what is in force, asked at each call */
    public CallLimits(Supplier<CallRate> rate, LongSupplier nanoClock) {
        this.rate = rate;
        this.nanoClock = nanoClock;
    }

    /** Null if a call may be made, which counts; else what is answered, with trailers that say when it may. */
    @Nullable
    StatusRuntimeException refusal(ServiceRequestContext context, @Nullable Identity caller) {
        CallRate now = rate.get();
        long waitNs = Authentication.waitNs(context);
        if (waitNs <= 0) {
            waitNs = calls.take(client(context, caller), now, nanoClock.getAsLong());
        }
        if (waitNs <= 0) {
            return null;
        }
        refused.increment();
        long waitMs = waitNs / NS_PER_MS + 1;
        context.setAttr(RETRY_AFTER_S, (waitMs + MS_PER_S - 1) / MS_PER_S);
        StatusRuntimeException refusal = StatusProto.toStatusRuntimeException(com.google.rpc.Status.newBuilder()
                .setCode(Code.RESOURCE_EXHAUSTED_VALUE)
                .setMessage(
                        NAME + ": more than " + now.perSecond() + " calls a second; come again in " + waitMs + " ms")
                .addDetails(Any.pack(RetryInfo.newBuilder()
                        .setRetryDelay(Duration.newBuilder()
                                .setSeconds(waitMs / MS_PER_S)
                                .setNanos((int) (waitMs % MS_PER_S * NS_PER_MS)))
                        .build()))
                .build());
        Metadata trailers = refusal.getTrailers();
        if (trailers != null) {
            trailers.put(PUSHBACK, Long.toString(waitMs));
        }
        return refusal;
    }

    /** By what the client is told apart whose call this thread serves; null if it serves none. */
    public static @Nullable String client() {
        ServiceRequestContext context = ServiceRequestContext.currentOrNull();
        return context == null ? null : client(context, Authentication.caller(context));
    }

    /** By what a client is told apart. */
    static String client(ServiceRequestContext context, @Nullable Identity caller) {
        // No name begins so: those of the access file have no slash, those of tokens begin with "jwt:".
        return caller == null || caller.equals(Identity.ANYBODY)
                ? "address/" + ClientAddress.of(context)
                : caller.name();
    }

    /** Has what is answered over HTTP say, too, when a call may be made. */
    public static HttpService tellingWhen(HttpService service) {
        return service.decorate((delegate, context, request) -> {
            HttpResponse response = delegate.serve(context, request);
            return response.mapHeaders(headers -> {
                Long after = context.attr(RETRY_AFTER_S);
                return after == null || !headers.status().equals(HttpStatus.TOO_MANY_REQUESTS)
                        ? headers
                        : headers.withMutations(more -> more.setLong(HttpHeaderNames.RETRY_AFTER, after));
            });
        });
    }

    /** How many calls a second are allowed. */
    public long most() {
        return rate.get().perSecond();
    }

    /** How many clients are remembered. */
    public long clients() {
        return calls.size();
    }

    /** How many calls were refused. */
    public long refused() {
        return refused.sum();
    }
}
