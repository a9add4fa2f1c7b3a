// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.security;

import com.linecorp.armeria.server.ServiceRequestContext;
import io.grpc.Status;
import io.netty.util.concurrent.ScheduledFuture;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** Ends what lasts when it is not proven any more who calls: when the caller's token ends, or when it, the certificate or the key behind it is taken out of what is in force. */
public final class ProofEnd {
    private static final Status EXPIRED =
            Status.UNAUTHENTICATED.withDescription("authorization: the token has expired; call again with another");
    private static final Status WITHDRAWN = Status.UNAUTHENTICATED.withDescription(
            "authorization: what proved who calls does so no more, or for other rights; call again");
    private static final long LOOK_MS = 1_000;

    private ProofEnd() {}

    /** Has something done once that is so, on the event loop of the request, unless that is over by then; it is told why. May happen twice. */
    public static void whenOver(ServiceRequestContext context, Consumer<Status> end) {
        List<ScheduledFuture<?>> timers = new ArrayList<>();
        Instant until = Authentication.until(context);
        var loop = context.eventLoop();
        if (until != null) {
            Duration left = Duration.between(InstantSource.system().instant(), until);
            timers.add(
                    loop.schedule(() -> end.accept(EXPIRED), Math.max(0, left.toMillis() + 1), TimeUnit.MILLISECONDS));
        }
        timers.add(loop.scheduleWithFixedDelay(
                () -> {
                    // The end of a token is told as that, by the other one.
                    boolean isPast =
                            until != null && !InstantSource.system().instant().isBefore(until);
                    if (!isPast && !Authentication.isStillProven(context)) {
                        end.accept(WITHDRAWN);
                    }
                },
                LOOK_MS,
                LOOK_MS,
                TimeUnit.MILLISECONDS));
        var unused = context.log().whenComplete().thenRun(() -> timers.forEach(timer -> timer.cancel(false)));
    }
}
