// SPDX-License-Identifier: Apache-2.0
package io.medicloud.pipeline.store;

import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import okhttp3.HttpUrl;
import okhttp3.Interceptor;
import okhttp3.Request;
import okhttp3.Response;
import okhttp3.ResponseBody;

/**
 * What a store may answer. The content of an object is handed on as it comes, its reader knows how much it wants; all else is
 * a text of a few KiB, or a list of a thousand names, and is read whole, here, before a parser sees it: one that is too long,
 * declares entities or is nested without end is no answer. An object that was taken has a tag, and the checksum that we sent.
 */
final class S3Answers implements Interceptor {
    /** A list of a thousand of the longest names, each of whose bytes is escaped, has less. */
    static final int MOST_BYTES = 4 << 20;

    private static final String NOT_S3 = "the answer is not that of an S3 store: ";
    private static final int MOST_DEPTH = 64;
    private static final int MOST_TAG_CHARS = 256;
    private static final String CHECKSUM = "x-amz-checksum-crc32c";

    private final String bucket;

    S3Answers(String bucket) {
        this.bucket = bucket;
    }

    /** An answer that nothing is done with. */
    static final class Unusable extends IOException {
        private static final long serialVersionUID = 1;

        Unusable(String message) {
            super(message);
        }
    }

    @Override
    public Response intercept(Chain chain) throws IOException {
        Request request = chain.request();
        Response answer = chain.proceed(request);
        ResponseBody body = answer.body();
        if ("HEAD".equals(request.method()) || isObject(request, answer)) {
            return answer;
        }
        try (body) {
            requireTaken(request, answer);
            byte[] content = read(body);
            // As it is decoded for the parser, which may follow a mark at its beginning.
            requirePlain(ResponseBody.create(content, body.contentType()).string());
            return answer.newBuilder()
                    .body(ResponseBody.create(content, body.contentType()))
                    .build();
        }
    }

    private boolean isObject(Request request, Response answer) {
        return "GET".equals(request.method())
                && answer.isSuccessful()
                && request.url().querySize() == 0
                && !keyOf(request.url(), bucket).isEmpty();
    }

    /** The bucket is the first part of the path, or of the host's name. */
    static String keyOf(HttpUrl url, String bucket) {
        List<String> path = url.pathSegments();
        boolean isInPath = !url.host().startsWith(bucket + ".") && path.get(0).equals(bucket);
        return String.join("/", isInPath ? path.subList(1, path.size()) : path);
    }

    /** Else anybody who says 200 to everything, a portal in front of the store, is given the only copy of segments. */
    private void requireTaken(Request request, Response answer) throws IOException {
        if (!"PUT".equals(request.method())
                || !answer.isSuccessful()
                || keyOf(request.url(), bucket).isEmpty()) {
            return;
        }
        String tag = answer.header("ETag");
        if (tag == null || tag.isBlank() || tag.length() > MOST_TAG_CHARS) {
            throw new Unusable(NOT_S3 + "an object without an ETag, or with one too long");
        }
        String sent = request.header(CHECKSUM);
        String told = answer.header(CHECKSUM);
        if (sent != null && told != null && !told.equals(sent)) {
            throw new Unusable("the store tells another checksum than was sent");
        }
    }

    private static byte[] read(ResponseBody body) throws IOException {
        if (body.contentLength() <= MOST_BYTES) {
            try (InputStream in = body.byteStream()) {
                byte[] content = in.readNBytes(MOST_BYTES + 1);
                if (content.length <= MOST_BYTES) {
                    return content;
                }
            }
        }
        throw new Unusable("the answer is longer than " + MOST_BYTES + " bytes");
    }

    private static void requirePlain(String text) throws IOException {
        if (text.contains("<!DOCTYPE") || text.contains("<!ENTITY")) {
            throw new Unusable(NOT_S3 + "it declares a document type or entities");
        }
        int depth = 0;
        int end = 0;
        for (int at = text.indexOf('<'); at >= 0; at = text.indexOf('<', end)) {
            end = text.indexOf('>', at);
            if (end < 0) {
                return; // the parser finds that, too
            }
            char first = text.charAt(at + 1);
            if (first == '/') {
                depth--;
            } else if (first != '!' && first != '?' && text.charAt(end - 1) != '/' && ++depth > MOST_DEPTH) {
                throw new Unusable(NOT_S3 + "it is nested deeper than " + MOST_DEPTH);
            }
        }
    }
}
