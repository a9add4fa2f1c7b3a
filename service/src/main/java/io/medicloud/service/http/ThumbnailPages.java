// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.http;

import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.common.ResponseHeaders;
import com.linecorp.armeria.common.ResponseHeadersBuilder;
import com.linecorp.armeria.server.HttpService;
import com.linecorp.armeria.server.ServerBuilder;
import com.linecorp.armeria.server.ServiceRequestContext;
import io.medicloud.pipeline.thumbnail.Thumbnail;
import io.medicloud.service.stream.StreamException;
import io.medicloud.service.thumbnail.Pictures;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/**
 * {@code /thumb/LIVE_ID/latest.jpg}, {@code segment_0001.jpg}, {@code sprite.vtt} and the sprites that it names: pictures of streams, open to pages from
 * elsewhere, with entity tags. 404 says in its body why there is none.
 */
public final class ThumbnailPages implements HttpService {
    private static final Pattern SEGMENT = Pattern.compile("segment_([0-9]{4,18})\\.jpg");
    private static final Pattern FILE = Pattern.compile("sprite\\.vtt|sprite_[0-9]{1,18}\\.jpg");
    private static final MediaType VTT = MediaType.parse("text/vtt; charset=utf-8");
    /** A segment's picture does not change; the segment may go. */
    private static final String KEPT = "public, max-age=3600";

    private static final String ASKED_AGAIN = "no-cache";

    private final Pictures pictures;
    private final SignedUrls urls;

    /**
     * @param pictures where they are found
     * @param urls who is answered
     */
    public ThumbnailPages(Pictures pictures, SignedUrls urls) {
        this.pictures = pictures;
        this.urls = urls;
    }

    /** Has them served. */
    public void addTo(ServerBuilder server) {
        server.service("/thumb/{id}/{name}", urls.guard(this));
    }

    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Page(byte[] content, MediaType type, String caching) {}

    @Override
    public HttpResponse serve(ServiceRequestContext ctx, HttpRequest request) {
        if (request.method() == HttpMethod.OPTIONS) {
            return HttpResponse.of(open(HttpStatus.NO_CONTENT)
                    .set(HttpHeaderNames.ACCESS_CONTROL_ALLOW_METHODS, "GET, HEAD")
                    .set(HttpHeaderNames.ACCESS_CONTROL_ALLOW_HEADERS, "*")
                    .build());
        }
        if (request.method() != HttpMethod.GET && request.method() != HttpMethod.HEAD) {
            return HttpResponse.of(HttpStatus.METHOD_NOT_ALLOWED);
        }
        String liveId = String.valueOf(ctx.pathParam("id"));
        String name = String.valueOf(ctx.pathParam("name"));
        String known = request.headers().get(HttpHeaderNames.IF_NONE_MATCH);
        String carried = urls.carried(ctx);
        return HttpResponse.of(() -> answer(liveId, name, known, carried), ctx.blockingTaskExecutor());
    }

    private HttpResponse answer(String liveId, String name, @Nullable String known, String carried) {
        try {
            Matcher segment = SEGMENT.matcher(name);
            if (name.equals("latest.jpg")) {
                return picture(pictures.latest(liveId), ASKED_AGAIN, known);
            }
            if (segment.matches()) {
                return picture(pictures.of(liveId, Long.parseLong(segment.group(1))), KEPT, known);
            }
            byte[] file = FILE.matcher(name).matches() ? pictures.file(liveId, name) : null;
            if (file == null) {
                return text(HttpStatus.NOT_FOUND, "there is no " + name);
            }
            return page(
                    name.endsWith(".vtt")
                            ? new Page(cues(file, carried), VTT, ASKED_AGAIN)
                            : new Page(file, MediaType.JPEG, ASKED_AGAIN),
                    known);
        } catch (StreamException e) {
            return text(statusOf(e.kind()), String.valueOf(e.getMessage()));
        }
    }

    /** The sheets that cues name need what the cues needed. */
    private static byte[] cues(byte[] file, String carried) {
        return carried.isEmpty()
                ? file
                : new String(file, StandardCharsets.UTF_8)
                        .replace("#xywh=", "?" + carried + "#xywh=")
                        .getBytes(StandardCharsets.UTF_8);
    }

    private static HttpStatus statusOf(StreamException.Kind kind) {
        return switch (kind) {
            case INVALID -> HttpStatus.BAD_REQUEST;
            case UNAVAILABLE -> HttpStatus.SERVICE_UNAVAILABLE;
            default -> HttpStatus.NOT_FOUND;
        };
    }

    private static HttpResponse picture(Pictures.Found found, String caching, @Nullable String known) {
        Thumbnail picture = found.picture();
        return picture == null
                ? text(HttpStatus.NOT_FOUND, found.reason())
                : page(new Page(picture.jpeg(), MediaType.JPEG, caching), known);
    }

    private static HttpResponse page(Page page, @Nullable String known) {
        CRC32 sum = new CRC32();
        sum.update(page.content());
        String tag = "\"" + Long.toHexString(sum.getValue()) + "-" + page.content().length + "\"";
        boolean isKnown = known != null && (known.contains(tag) || known.strip().equals("*"));
        ResponseHeadersBuilder headers = open(isKnown ? HttpStatus.NOT_MODIFIED : HttpStatus.OK)
                .set(HttpHeaderNames.ETAG, tag)
                .set(HttpHeaderNames.CACHE_CONTROL, page.caching());
        return isKnown
                ? HttpResponse.of(headers.build())
                : HttpResponse.of(headers.contentType(page.type()).build(), HttpData.wrap(page.content()));
    }

    private static HttpResponse text(HttpStatus status, String text) {
        return HttpResponse.of(
                open(status)
                        .contentType(MediaType.PLAIN_TEXT_UTF_8)
                        .set(HttpHeaderNames.CACHE_CONTROL, ASKED_AGAIN)
                        .build(),
                HttpData.ofUtf8(text + "\n"));
    }

    private static ResponseHeadersBuilder open(HttpStatus status) {
        return ResponseHeaders.builder(status)
                .set(HttpHeaderNames.ACCESS_CONTROL_ALLOW_ORIGIN, "*")
                .set(HttpHeaderNames.ACCESS_CONTROL_EXPOSE_HEADERS, "ETag");
    }
}
