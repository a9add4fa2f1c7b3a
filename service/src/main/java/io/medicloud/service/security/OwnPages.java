// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.security;

import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.server.HttpService;
import com.linecorp.armeria.server.ServiceRequestContext;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Keeps what is served from pages of others. A browser on this machine reaches loopback addresses, whatever page it shows: so a call whose {@code Origin} is another than the address it went
 * to is refused; and so is one to loopback under a name of somebody's own (DNS rebinding). Programs send no {@code Origin}; those that speak gRPC over HTTP/2, which no page can, may call by any
 * name.
 */
public final class OwnPages {
    private static final Pattern LOCAL =
            Pattern.compile("(?i)(localhost|[a-z0-9.-]+\\.localhost|127(\\.\\d{1,3}){3}|\\[::1\\])(:\\d{1,5})?");

    private static final String GRPC = "application/grpc";
    private static final String GRPC_WEB = "application/grpc-web";

    private OwnPages() {}

    /** Answers 403 in place of a service to pages of others. */
    public static HttpService guard(HttpService service) {
        return service.decorate((delegate, context, request) -> {
            String fault = fault(context, request);
            return fault == null ? delegate.serve(context, request) : refusal(fault);
        });
    }

    /** The answer to a page of others. */
    public static HttpResponse refusal(String fault) {
        return HttpResponse.of(HttpStatus.FORBIDDEN, MediaType.PLAIN_TEXT_UTF_8, fault + "\n");
    }

    /** Why a request may not be answered; null if it may. */
    public static @Nullable String fault(ServiceRequestContext context, HttpRequest request) {
        String authority = request.authority();
        String origin = request.headers().get(HttpHeaderNames.ORIGIN);
        if (origin != null && !origin.equals("http://" + authority) && !origin.equals("https://" + authority)) {
            return "Origin: pages of " + origin + " may not call this service";
        }
        return origin == null && isGrpc(context, request) ? null : nameFault(context, request);
    }

    /** The same of what pages of others may show. */
    public static @Nullable String nameFault(ServiceRequestContext context, HttpRequest request) {
        String authority = request.authority();
        InetSocketAddress local = context.localAddress();
        InetAddress address = local.getAddress();
        if (address != null
                && address.isLoopbackAddress()
                && authority != null
                && !LOCAL.matcher(authority).matches()) {
            return "Host: '" + authority + "' is no name of this machine for itself; use localhost";
        }
        return null;
    }

    /** Scripts get no trailers, and so no gRPC; what they send by that name is over HTTP/1.1, or has an {@code Origin}. */
    private static boolean isGrpc(ServiceRequestContext context, HttpRequest request) {
        String type = request.headers().get(HttpHeaderNames.CONTENT_TYPE, "");
        return context.sessionProtocol().isMultiplex() && type.startsWith(GRPC) && !type.startsWith(GRPC_WEB);
    }
}
