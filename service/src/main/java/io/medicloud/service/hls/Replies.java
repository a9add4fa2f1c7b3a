// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.hls;

import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.common.RequestHeaders;
import com.linecorp.armeria.common.ResponseHeaders;
import com.linecorp.armeria.common.ResponseHeadersBuilder;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32C;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;

/** How answers look: types, caching, compression, access from other origins (RFC 9110, RFC 9111, the Fetch standard). */
final class Replies {
    static final MediaType PLAYLIST = MediaType.parse("application/vnd.apple.mpegurl");
    static final MediaType TRANSPORT_STREAM = MediaType.parse("video/mp2t");
    /** It changes all the time: whoever keeps it asks whether it is still so. */
    static final String LIVE = "no-cache";
    /** It never changes. */
    static final String FOREVER = "public, max-age=31536000, immutable";

    private static final String AGAIN_S = "2";

    private Replies() {}

    /** A playlist, or that it is as the client has it already. */
    static HttpResponse playlist(RequestHeaders request, Rendered text, String caching) {
        ResponseHeadersBuilder headers =
                head(HttpStatus.OK, PLAYLIST, caching).set(HttpHeaderNames.VARY, "accept-encoding");
        boolean isZipped = request.get(HttpHeaderNames.ACCEPT_ENCODING, "").contains("gzip");
        String tag = text.tag(isZipped);
        headers.set(HttpHeaderNames.ETAG, tag);
        if (isKnown(request, tag)) {
            return HttpResponse.of(headers.status(HttpStatus.NOT_MODIFIED).build());
        }
        if (isZipped) {
            headers.set(HttpHeaderNames.CONTENT_ENCODING, "gzip");
        }
        return whole(request, headers, text.bytes(isZipped));
    }

    /** The text of a playlist, as it is sent. */
    static final class Rendered {
        private final byte[] plain;
        private final byte[] zipped;
        private final String sum;

        private Rendered(byte[] plain, String sum) {
            this.plain = plain;
            this.zipped = zip(plain);
            this.sum = sum;
        }

        static Rendered of(String text) {
            byte[] plain = text.getBytes(StandardCharsets.UTF_8);
            CRC32C sum = new CRC32C();
            sum.update(plain);
            return new Rendered(plain, Long.toHexString(sum.getValue()) + "-" + plain.length);
        }

        byte[] bytes(boolean isZipped) {
            return isZipped ? zipped : plain;
        }

        String tag(boolean isZipped) {
            return "\"" + sum + (isZipped ? "-gzip\"" : "\"");
        }

        private static byte[] zip(byte[] plain) {
            ByteArrayOutputStream out = new ByteArrayOutputStream(plain.length / 4 + 64);
            try (GZIPOutputStream zip = new GZIPOutputStream(out)) {
                zip.write(plain);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            return out.toByteArray();
        }
    }

    /** Bytes that are at hand. */
    static HttpResponse whole(RequestHeaders request, ResponseHeadersBuilder headers, byte[] content) {
        headers.contentLength(content.length);
        return request.method() == HttpMethod.HEAD
                ? HttpResponse.of(headers.build())
                : HttpResponse.of(headers.build(), HttpData.wrap(content));
    }

    static boolean isKnown(RequestHeaders request, String tag) {
        String known = request.get(HttpHeaderNames.IF_NONE_MATCH);
        return known != null && (known.equals("*") || known.contains(tag));
    }

    static HttpResponse error(HlsException e) {
        ResponseHeadersBuilder headers = head(e.status(), MediaType.PLAIN_TEXT_UTF_8, "no-store");
        if (e.status().equals(HttpStatus.SERVICE_UNAVAILABLE)) {
            headers.set(HttpHeaderNames.RETRY_AFTER, AGAIN_S);
        }
        return HttpResponse.of(headers.build(), HttpData.ofUtf8(e.getMessage() + "\n"));
    }

    /** Players on pages of other origins may read. */
    static HttpResponse preflight() {
        return HttpResponse.of(head(HttpStatus.NO_CONTENT, null, "max-age=86400")
                .set(HttpHeaderNames.ACCESS_CONTROL_ALLOW_METHODS, "GET, HEAD, OPTIONS")
                .set(HttpHeaderNames.ACCESS_CONTROL_ALLOW_HEADERS, "range, if-none-match")
                .set(HttpHeaderNames.ACCESS_CONTROL_MAX_AGE, "86400")
                .build());
    }

    static ResponseHeadersBuilder head(HttpStatus status, @Nullable MediaType type, String caching) {
        ResponseHeadersBuilder headers = ResponseHeaders.builder(status)
                .set(HttpHeaderNames.CACHE_CONTROL, caching)
                .set(HttpHeaderNames.ACCESS_CONTROL_ALLOW_ORIGIN, "*")
                .set(HttpHeaderNames.ACCESS_CONTROL_EXPOSE_HEADERS, "content-length, content-range, date, etag");
        return type == null ? headers : headers.contentType(type);
    }
}
