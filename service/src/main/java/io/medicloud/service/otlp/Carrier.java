// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.otlp;

import com.linecorp.armeria.common.HttpHeaders;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapGetter;
import io.opentelemetry.context.propagation.TextMapPropagator;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Trace contexts as headers: W3C Trace Context, {@code traceparent} and {@code tracestate}. */
final class Carrier {
    private static final TextMapPropagator W3C = W3CTraceContextPropagator.getInstance();

    private static final TextMapGetter<HttpHeaders> HEADERS = new TextMapGetter<>() {
        @Override
        public @Nullable String get(@Nullable HttpHeaders headers, String name) {
            return headers == null ? null : headers.get(name);
        }
    };

    private Carrier() {}

    /** The context that a request comes with; none if it is not well-formed. gRPC's metadata are HTTP's headers. */
    static Context read(HttpHeaders headers) {
        // Of two nobody can say which counts.
        boolean isOne = headers.getAll("traceparent").size() == 1;
        return isOne ? W3C.extract(Context.root(), headers, HEADERS) : Context.root();
    }

    /** The headers that carry a context on. */
    static Map<String, String> write(Context context) {
        Map<String, String> headers = new HashMap<>();
        W3C.inject(context, headers, (to, name, value) -> {
            if (to != null) {
                to.put(name, value);
            }
        });
        return headers;
    }
}
