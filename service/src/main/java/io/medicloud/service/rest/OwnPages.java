// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.rest;

import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.server.HttpService;
import com.linecorp.armeria.server.ServiceRequestContext;
import io.grpc.Status;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the API from pages of others. A browser on this machine reaches loopback addresses, whatever page it shows: so a call whose {@code Origin} is another than the
 * address it went to is refused; and so is one to loopback under a name of somebody's own (DNS rebinding). Programs send no {@code Origin}.
 */
final class OwnPages {
    private static final Pattern LOCAL =
            Pattern.compile("(?i)(localhost|[a-z0-9.-]+\\.localhost|127(\\.\\d{1,3}){3}|\\[::1\\])(:\\d{1,5})?");

    private OwnPages() {}

    static HttpService guard(HttpService service) {
        return service.decorate((delegate, context, request) -> {
            String fault = fault(context, request);
            return fault == null
                    ? delegate.serve(context, request)
                    : ApiError.response(Status.PERMISSION_DENIED.withDescription(fault));
        });
    }

    private static @Nullable String fault(ServiceRequestContext context, HttpRequest request) {
        String authority = request.authority();
        String origin = request.headers().get(HttpHeaderNames.ORIGIN);
        if (origin != null && !origin.equals("http://" + authority) && !origin.equals("https://" + authority)) {
            return "Origin: pages of " + origin + " may not call this service";
        }
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
}
