// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.web;

import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.server.HttpService;
import com.linecorp.armeria.server.ServerBuilder;
import com.linecorp.armeria.server.ServiceRequestContext;
import io.medicloud.service.http.HttpPart;
import io.medicloud.service.security.OwnPages;
import io.medicloud.service.security.PageGuard;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The dashboard: its page at {@code /}, one that describes the API at {@code /api/}, their files below {@code /web}, the libraries that it uses below {@code /lib}. All of it comes from the class path, and is allowed
 * to load nothing but from where it came ({@code Content-Security-Policy}).
 */
public final class Dashboard implements HttpPart {
    /** Pictures come through the API, as data; styles are set by scripts through the object model, never in markup; hls.js has its worker in a blob. */
    private static final String POLICY =
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; media-src 'self' blob:;"
                    + " connect-src 'self'; worker-src 'self' blob:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    private static final String WEB = "/web/";
    private static final String WEBJARS = "/META-INF/resources/webjars/";
    /** What a browser has it asks for again, which costs a tag. */
    private static final String ASK = "no-cache";

    private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9-]*\\.(html|js|css|svg)");
    private static final Map<String, MediaType> TYPES = Map.of(
            "html", MediaType.HTML_UTF_8,
            "js", MediaType.JAVASCRIPT_UTF_8,
            "css", MediaType.CSS_UTF_8,
            "svg", MediaType.SVG_UTF_8);
    private static final Map<String, String> LIBRARIES = Map.of(
            "hls.js", "hls.js/1.4.12/dist/hls.light.min.js",
            "uplot.js", "uplot/1.6.30/dist/uPlot.iife.min.js",
            "uplot.css", "uplot/1.6.30/dist/uPlot.min.css");

    /** As many as there are resources. */
    private final Map<String, WebFile> files = new ConcurrentHashMap<>();

    @Override
    public void addTo(ServerBuilder server) {
        add(server, "exact:/", (context, request) -> answer(request, "index.html", WEB + "index.html"));
        add(server, "exact:/api/", (context, request) -> answer(request, "api.html", WEB + "api.html"));
        add(server, "/web/{name}", (context, request) -> {
            String name = String.valueOf(context.pathParam("name"));
            return answer(request, name, NAME.matcher(name).matches() ? WEB + name : null);
        });
        add(server, "/lib/{name}", this::library);
    }

    /** A browser asks for credentials at the first of these, and sends them along from then on. */
    private static void add(ServerBuilder server, String path, HttpService page) {
        server.service(path, OwnPages.guard(page.decorate(new PageGuard())));
    }

    private HttpResponse library(ServiceRequestContext context, HttpRequest request) {
        String name = String.valueOf(context.pathParam("name"));
        String place = LIBRARIES.get(name);
        return answer(request, name, place == null ? null : WEBJARS + place);
    }

    private HttpResponse answer(HttpRequest request, String name, @Nullable String resource) {
        WebFile file = resource == null ? null : files.computeIfAbsent(resource, place -> read(name, place));
        HttpResponse answer = file == null
                ? HttpResponse.of(HttpStatus.NOT_FOUND, MediaType.PLAIN_TEXT_UTF_8, "no such file\n")
                : file.answer(request);
        return answer.mapHeaders(headers -> headers.withMutations(more -> more.set("content-security-policy", POLICY)
                .set(HttpHeaderNames.X_CONTENT_TYPE_OPTIONS, "nosniff")
                .set(HttpHeaderNames.REFERRER_POLICY, "no-referrer")
                .set("cross-origin-opener-policy", "same-origin")
                .set("cross-origin-resource-policy", "same-origin")));
    }

    private static @Nullable WebFile read(String name, String resource) {
        try (InputStream in = Dashboard.class.getResourceAsStream(resource)) {
            String extension = name.substring(name.lastIndexOf('.') + 1);
            return in == null
                    ? null
                    : new WebFile(in.readAllBytes(), TYPES.getOrDefault(extension, MediaType.OCTET_STREAM), ASK);
        } catch (IOException e) {
            throw new UncheckedIOException("a resource cannot be read: " + resource, e);
        }
    }
}
