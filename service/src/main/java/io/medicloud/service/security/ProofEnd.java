// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.security;

import com.linecorp.armeria.server.ServiceRequestContext;
import io.grpc.Status;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.TimeUnit;

/** Ends what lasts when its caller's token does: who calls is proven until then. */
public final class ProofEnd {
    /** What is told then. */
    public static final Status STATUS =
            Status.UNAUTHENTICATED.withDescription("authorization: the token has expired; call again with another");

    private ProofEnd() {}

    /** Has something done at the end of the caller's token, if it ends, on the event loop of the request, unless that is over by then. */
    public static void whenOver(ServiceRequestContext context, Runnable end) {
        Instant until = Authentication.until(context);
        if (until == null) {
            return;
        }
        Duration left = Duration.between(InstantSource.system().instant(), until);
        var timer = context.eventLoop().schedule(end, Math.max(0, left.toMillis() + 1), TimeUnit.MILLISECONDS);
        var unused = context.log().whenComplete().thenRun(() -> timer.cancel(false));
    }
}
