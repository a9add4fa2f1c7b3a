// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.http;

import com.linecorp.armeria.common.ExchangeType;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.server.HttpService;
import com.linecorp.armeria.server.RoutingContext;
import com.linecorp.armeria.server.ServiceRequestContext;
import com.linecorp.armeria.server.SimpleDecoratingHttpService;

/**
 * A service that sees requests from their headers on. Left to itself the server keeps the body of a call until it is whole, before anybody has asked who calls, or how long that may take.
 */
public final class AsItComes extends SimpleDecoratingHttpService {
    public AsItComes(HttpService service) {
        super(service);
    }

    @Override
    public ExchangeType exchangeType(RoutingContext context) {
        return ExchangeType.BIDI_STREAMING;
    }

    @Override
    public HttpResponse serve(ServiceRequestContext context, HttpRequest request) throws Exception {
        return unwrap().serve(context, request);
    }
}
