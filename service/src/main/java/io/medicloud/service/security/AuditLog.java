// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.security;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import com.linecorp.armeria.server.ServiceRequestContext;
import io.grpc.Status;
import io.medicloud.service.log.LogFields;
import io.medicloud.service.text.OneLine;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.spi.LoggingEventBuilder;

/**
 * Who did what: a line in the log {@code audit} for each call that changes something, and for calls that were refused, of which each client has some lines a second, and all together some
 * more; what is left out is counted in the next. Thread-safe.
 */
public final class AuditLog {
    private static final Logger AUDIT = LoggerFactory.getLogger("audit");
    private static final String LIVE_ID = "live_id";
    /** What needs no quotes: nothing in it can be taken for another field. */
    private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9._:@*/-]{1,128}");

    private static final Set<Status.Code> REFUSALS =
            Set.of(Status.Code.UNAUTHENTICATED, Status.Code.PERMISSION_DENIED, Status.Code.RESOURCE_EXHAUSTED);
    private static final CallRate OF_ONE = new CallRate(1, 5);
    private static final CallRate OF_ALL = new CallRate(50, 200);
    private static final int MOST_CLIENTS = 1_000;
    private static final String ALL = "all";

    private final LongSupplier nanoClock;
    private final RateTable ofOne = new RateTable(MOST_CLIENTS);
    private final RateTable ofAll = new RateTable(1);
    private final AtomicLong leftOut = new AtomicLong();

    public AuditLog(LongSupplier nanoClock) {
        this.nanoClock = nanoClock;
    }

    /** One call, from its beginning to its end. */
    final class Call {
        private final @Nullable Identity caller;
        private final String client;
        private final String from;
        private final String method;
        private final AtomicBoolean isEnded = new AtomicBoolean();
        private volatile String liveId = "";

        private Call(ServiceRequestContext context, @Nullable Identity caller, String method) {
            this.caller = caller;
            this.client = CallLimits.client(context, caller);
            this.from = context.remoteAddress().getAddress() == null
                    ? "unknown"
                    : context.remoteAddress().getAddress().getHostAddress();
            this.method = method;
        }

        /** It names a stream. */
        void onRequest(Message request) {
            FieldDescriptor field = request.getDescriptorForType().findFieldByName(LIVE_ID);
            if (field != null) {
                liveId = (String) request.getField(field);
            }
        }

        /** It was answered, or given up; what is told later counts no more. */
        void onEnd(Status status) {
            if (!isEnded.compareAndSet(false, true)) {
                return;
            }
            boolean isRefused = REFUSALS.contains(status.getCode());
            if (!isRefused && !RpcPolicy.changes(method)) {
                return;
            }
            // Whoever may change something is kept to a rate; whoever may not could write as much as it likes.
            if (isRefused && !isTold(client)) {
                leftOut.incrementAndGet();
                return;
            }
            LoggingEventBuilder event = AUDIT.atInfo().addKeyValue(LogFields.PEER, from);
            if (caller != null) {
                event = event.addKeyValue(LogFields.CLIENT, OneLine.of(caller.name()));
            }
            if (!liveId.isEmpty()) {
                event = event.addKeyValue(LogFields.STREAM, OneLine.of(liveId));
            }
            event.log(line(status));
        }

        private String line(Status status) {
            StringBuilder line = new StringBuilder("by=").append(caller == null ? "-" : quoted(caller.name()));
            if (caller != null) {
                line.append(" role=").append(caller.role());
            }
            line.append(" from=").append(quoted(from)).append(" rpc=").append(quoted(method));
            if (!liveId.isEmpty()) {
                line.append(" live_id=").append(quoted(liveId));
            }
            line.append(" outcome=").append(status.getCode());
            String why = status.getDescription();
            if (!status.isOk() && why != null) {
                line.append(" why=").append(quoted(why));
            }
            long others = leftOut.getAndSet(0);
            return others == 0
                    ? line.toString()
                    : line.append(" left_out=").append(others).toString();
        }
    }

    Call begin(ServiceRequestContext context, @Nullable Identity caller, String method) {
        return new Call(context, caller, method);
    }

    private boolean isTold(String client) {
        long nowNs = nanoClock.getAsLong();
        return ofOne.take(client, OF_ONE, nowNs) == 0 && ofAll.take(ALL, OF_ALL, nowNs) == 0;
    }

    private static String quoted(String text) {
        return PLAIN.matcher(text).matches()
                ? text
                : '"' + OneLine.of(text).replace('\\', '/').replace('"', '\'') + '"';
    }
}
