// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.security;

import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.logging.RequestLogProperty;
import com.linecorp.armeria.server.ServiceRequestContext;
import io.netty.util.AttributeKey;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * Does not wait for ever for an answer to be taken by a caller that proves nothing, as one that opens no window of HTTP/2, or reads nothing: its beginning must have left so long after it was
 * made, each part before the next is asked for, and the rest so long after it was whole. Streams of answers of those who may call are left out, whether or not it is known who they are: one that
 * is not read waits, at a bounded cost, and is told later what it has missed.
 */
final class UntakenAnswers {
    private static final AttributeKey<Boolean> LASTS = AttributeKey.valueOf(UntakenAnswers.class, "LASTS");

    private UntakenAnswers() {}

    /** Has a request be one with a stream of answers, which its caller may take as late as it likes. */
    static void setLasting(ServiceRequestContext context) {
        context.setAttr(LASTS, true);
    }

    /**
     * Has an answer looked after.
     *
     * @param patienceMs asked each time
     * @param late what is done then, on the event loop of the request
     */
    static HttpResponse watch(
            ServiceRequestContext context, HttpResponse answer, LongSupplier patienceMs, Runnable late) {
        var unused = answer.whenComplete().thenRun(() -> {
            if (isWatched(context)) {
                after(context, patienceMs, RequestLogProperty.RESPONSE_END_TIME, late);
            }
        });
        AtomicLong parts = new AtomicLong();
        AtomicBoolean isWatched = new AtomicBoolean();
        return answer.peekData(data -> {
                    parts.incrementAndGet();
                    if (isWatched(context) && isWatched.compareAndSet(false, true)) {
                        watchParts(context, answer, parts, isWatched, patienceMs, late);
                    }
                })
                .peekHeaders(headers -> {
                    if (isOfNobody(context)) {
                        after(context, patienceMs, RequestLogProperty.RESPONSE_FIRST_BYTES_TRANSFERRED_TIME, late);
                    }
                });
    }

    /** The next part is asked for when the one before has left. */
    private static void watchParts(
            ServiceRequestContext context,
            HttpResponse answer,
            AtomicLong parts,
            AtomicBoolean isWatched,
            LongSupplier patienceMs,
            Runnable late) {
        long part = parts.get();
        var timer = context.eventLoop()
                .withoutContext()
                .schedule(
                        () -> {
                            if (answer.isComplete() || answer.demand() > 0) {
                                isWatched.set(false);
                            } else if (parts.get() != part) {
                                watchParts(context, answer, parts, isWatched, patienceMs, late);
                            } else {
                                late.run();
                            }
                        },
                        patienceMs.getAsLong(),
                        TimeUnit.MILLISECONDS);
        var unused = context.log().whenComplete().thenRun(() -> timer.cancel(false));
    }

    private static boolean isWatched(ServiceRequestContext context) {
        return isOfNobody(context) && !Boolean.TRUE.equals(context.attr(LASTS));
    }

    /** Not before it is answered: who calls is found out on the way. */
    private static boolean isOfNobody(ServiceRequestContext context) {
        Identity caller = Authentication.caller(context);
        return caller == null || caller.equals(Identity.ANYBODY);
    }

    private static void after(
            ServiceRequestContext context, LongSupplier patienceMs, RequestLogProperty step, Runnable late) {
        if (context.log().isAvailable(step)) {
            return;
        }
        var timer = context.eventLoop()
                .withoutContext()
                .schedule(
                        () -> {
                            if (!context.log().isAvailable(step)) {
                                late.run();
                            }
                        },
                        patienceMs.getAsLong(),
                        TimeUnit.MILLISECONDS);
        var unused = context.log().whenAvailable(step).thenRun(() -> timer.cancel(false));
    }
}
