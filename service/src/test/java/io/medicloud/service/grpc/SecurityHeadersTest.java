// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import io.medicloud.service.Http1;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What browsers are told to do with what they get. */
final class SecurityHeadersTest {
    private static final HttpClient HTTP = Http1.client();
    private static final Pattern INLINE =
            Pattern.compile("<script(?![^>]*\\ssrc=)|<style|\\sstyle=|\\son[a-z]+=|javascript:");

    @TempDir
    private static Path directory;

    private static ServiceUnderTest service;

    @BeforeAll
    static void start() throws Exception {
        service = new ServiceUnderTest(directory, 1);
    }

    @AfterAll
    static void stop() {
        service.close();
    }

    private static HttpResponse<String> get(String path) throws Exception {
        URI place = URI.create("http://127.0.0.1:" + service.service().httpPort() + path);
        return HTTP.send(HttpRequest.newBuilder(place).build(), BodyHandlers.ofString());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/",
                "/api/",
                "/web/index.html",
                "/web/none",
                "/lib/hls.js",
                "/api/openapi.json",
                "/api/v1/streams",
                "/api/v1/streams/none",
                "/metrics",
                "/livez",
                "/readyz",
                "/hls/none/live.m3u8",
                "/thumb/none/latest.jpg",
                "/none"
            })
    void nothingIsTakenForWhatItIsNotOrShownWithinAnotherPage(String path) throws Exception {
        HttpResponse<String> response = get(path);

        assertThat(response.headers().allValues("content-security-policy"))
                .singleElement()
                .asString()
                .contains("default-src 'none'", "frame-ancestors 'none'")
                .doesNotContain("unsafe");
        assertThat(response.headers().allValues("x-content-type-options")).containsExactly("nosniff");
        assertThat(response.headers().allValues("referrer-policy")).containsExactly("no-referrer");
    }

    @Test
    void pagesHaveNothingInlineThatTheirPolicyWouldStop() throws Exception {
        for (String page : List.of("/", "/api/")) {
            String html = get(page).body();
            assertThat(html).contains("<html");
            assertThat(INLINE.matcher(html).results().map(found -> found.group()))
                    .as(page)
                    .isEmpty();
        }
    }
}
