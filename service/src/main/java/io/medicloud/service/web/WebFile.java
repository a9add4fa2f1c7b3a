// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.web;

import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.common.ResponseHeaders;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;
import java.util.zip.Deflater;
import java.util.zip.GZIPOutputStream;

/**
 * A file that a browser is given, in memory as it is and as gzip has it. Its entity tag is a hash of its bytes: the times of files in a reproducible build say nothing.
 */
final class WebFile {
    private static final int TAG_BYTES = 12;

    private final byte[] plain;
    private final byte[] packed;
    private final MediaType type;
    private final String tag;
    private final String caching;

    /** @param caching what {@code Cache-Control} says */
    WebFile(byte[] plain, MediaType type, String caching) {
        this.plain = plain;
        this.packed = pack(plain);
        this.type = type;
        this.caching = caching;
        this.tag = HexFormat.of().formatHex(hash(plain), 0, TAG_BYTES);
    }

    /** Answers a GET or HEAD. */
    HttpResponse answer(HttpRequest request) {
        boolean isPacked = request.headers()
                .get(HttpHeaderNames.ACCEPT_ENCODING, "")
                .toLowerCase(Locale.ROOT)
                .contains("gzip");
        String own = '"' + tag + (isPacked ? "-gz" : "") + '"';
        var headers = ResponseHeaders.builder(HttpStatus.OK)
                .set(HttpHeaderNames.ETAG, own)
                .set(HttpHeaderNames.CACHE_CONTROL, caching)
                .set(HttpHeaderNames.VARY, "accept-encoding");
        if (request.headers().get(HttpHeaderNames.IF_NONE_MATCH, "").contains(own)) {
            return HttpResponse.of(headers.status(HttpStatus.NOT_MODIFIED).build());
        }
        headers.contentType(type);
        if (isPacked) {
            headers.set(HttpHeaderNames.CONTENT_ENCODING, "gzip");
        }
        byte[] body = isPacked ? packed : plain;
        headers.contentLength(body.length);
        return request.method() == HttpMethod.HEAD
                ? HttpResponse.of(headers.build())
                : HttpResponse.of(headers.build(), HttpData.wrap(body));
    }

    private static byte[] pack(byte[] plain) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(out) {
            {
                def.setLevel(Deflater.BEST_COMPRESSION);
            }
        }) {
            gzip.write(plain);
        } catch (IOException e) {
            throw new UncheckedIOException("memory does not fail", e);
        }
        return out.toByteArray();
    }

    private static byte[] hash(byte[] plain) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(plain);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has it", e);
        }
    }
}
