// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.security;

import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.common.ResponseHeaders;
import com.linecorp.armeria.server.DecoratingHttpServiceFunction;
import com.linecorp.armeria.server.HttpService;
import com.linecorp.armeria.server.ServiceRequestContext;
import java.util.concurrent.TimeUnit;

/** Gives pages to those alone that are known, and those of a stream (path parameter {@code id}) to those whose business it is. */
public final class PageGuard implements DecoratingHttpServiceFunction {
    private static final String CHALLENGE =
            "Basic realm=\"medicloud: any name, a token as password\", charset=\"UTF-8\"";

    @Override
    public HttpResponse serve(HttpService delegate, ServiceRequestContext context, HttpRequest request)
            throws Exception {
        Identity caller = Authentication.caller(context);
        long waitNs = Authentication.waitNs(context);
        if (waitNs > 0) {
            return tooMany(waitNs);
        }
        if (caller == null) {
            return HttpResponse.of(
                    ResponseHeaders.builder(HttpStatus.UNAUTHORIZED)
                            .contentType(MediaType.PLAIN_TEXT_UTF_8)
                            .set(HttpHeaderNames.WWW_AUTHENTICATE, CHALLENGE)
                            .build(),
                    HttpData.ofUtf8(Authentication.fault(context) + "\n"));
        }
        String liveId = context.pathParam("id");
        if (liveId != null && !caller.sees(liveId)) {
            return HttpResponse.of(
                    HttpStatus.FORBIDDEN,
                    MediaType.PLAIN_TEXT_UTF_8,
                    "not among the streams of " + caller.name() + "\n");
        }
        return delegate.serve(context, request);
    }

    /** The answer to an address from where too much came that proved nothing. */
    public static HttpResponse tooMany(long waitNs) {
        return HttpResponse.of(
                ResponseHeaders.builder(HttpStatus.TOO_MANY_REQUESTS)
                        .contentType(MediaType.PLAIN_TEXT_UTF_8)
                        .setLong(HttpHeaderNames.RETRY_AFTER, TimeUnit.NANOSECONDS.toSeconds(waitNs) + 1)
                        .build(),
                HttpData.ofUtf8(
                        CallLimits.NAME + ": too many tokens or signatures that prove nothing come from there\n"));
    }
}
