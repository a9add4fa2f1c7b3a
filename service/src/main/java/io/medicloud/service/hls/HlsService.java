// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.hls;

import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpResponseWriter;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.RequestHeaders;
import com.linecorp.armeria.common.ResponseHeadersBuilder;
import com.linecorp.armeria.server.ServerBuilder;
import com.linecorp.armeria.server.ServiceRequestContext;
import io.medicloud.pipeline.Pipeline;
import io.medicloud.pipeline.Pipelines;
import io.medicloud.pipeline.playlist.MediaPlaylist;
import io.medicloud.pipeline.playlist.MultivariantPlaylist;
import io.medicloud.pipeline.playlist.PlaylistWriter;
import io.medicloud.pipeline.playlist.Presentation;
import io.medicloud.pipeline.record.SegmentRecord;
import io.medicloud.pipeline.spool.SegmentName;
import io.medicloud.pipeline.store.ObjectKeys;
import io.medicloud.pipeline.store.SegmentStore;
import io.medicloud.service.http.SignedUrls;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * HLS over HTTP, below {@code /hls/LIVE_ID/}: playlists of what was received and what comes, its segments from the spool or the store, and any range of
 * it as one file. Thread-safe.
 */
public final class HlsService {
    private static final Duration LONGEST_DOWNLOAD = Duration.ofHours(1);

    /** What a player opens at the beginning of a stream. */
    private static final Set<String> GROWING = Set.of("index.m3u8", "live.m3u8", "event.m3u8");

    private final Recordings recordings;
    private final SegmentBytes bytes;
    private final LivePlaylists lives;
    private final LiveParts parts;
    private final InstantSource clock;
    private final SignedUrls urls;

    /** @param urls who is answered, and what they have put behind the addresses in playlists */
    public HlsService(Pipelines pipelines, SegmentStore store, InstantSource clock, SignedUrls urls) {
        this.urls = urls;
        this.lives = new LivePlaylists(urls);
        this.bytes = new SegmentBytes(pipelines, store);
        this.recordings = new Recordings(pipelines, bytes);
        this.parts = new LiveParts(bytes, recordings);
        this.clock = clock;
    }

    /** Adds its addresses to a server. */
    public void addTo(ServerBuilder server) {
        server.service("/hls/{id}/{file}", urls.guard(this::serve));
    }

    private HttpResponse serve(ServiceRequestContext ctx, HttpRequest request) {
        if (request.method() == HttpMethod.OPTIONS) {
            return Replies.preflight();
        }
        String id = String.valueOf(ctx.pathParam("id"));
        String file = String.valueOf(ctx.pathParam("file"));
        Pipeline open = request.method() == HttpMethod.GET ? recordings.open(id) : null;
        LiveParts.Name part = LiveParts.Name.of(file);
        try {
            if (open != null && part != null) {
                return parts.answer(ctx, id, open.window(), part);
            }
            if (open != null
                    && GROWING.contains(file)
                    && open.window().snapshot().playlist() == null) {
                return lives.afterFirst(ctx, open.window(), () -> serve(ctx, request));
            }
            if (open != null && file.equals("live.m3u8")) {
                return lives.answer(ctx, id, open.window(), () -> later(ctx, request));
            }
            return HttpResponse.of(later(ctx, request));
        } catch (HlsException e) {
            return Replies.error(e);
        }
    }

    /** What has to be looked up. */
    private CompletableFuture<HttpResponse> later(ServiceRequestContext ctx, HttpRequest request) {
        return CompletableFuture.supplyAsync(() -> answer(ctx, request.headers()), ctx.blockingTaskExecutor());
    }

    private HttpResponse answer(ServiceRequestContext ctx, RequestHeaders request) {
        try {
            if (request.method() != HttpMethod.GET && request.method() != HttpMethod.HEAD) {
                throw new HlsException(HttpStatus.METHOD_NOT_ALLOWED, "only GET and HEAD");
            }
            String id = String.valueOf(ctx.pathParam("id"));
            if (!ObjectKeys.isName(id)) {
                throw HlsException.notFound("there is no stream of that id");
            }
            return answer(ctx, request, id, String.valueOf(ctx.pathParam("file")));
        } catch (HlsException e) {
            return Replies.error(e);
        } catch (IOException e) {
            return Replies.error(new HlsException(HttpStatus.BAD_GATEWAY, String.valueOf(e.getMessage())));
        }
    }

    private HttpResponse answer(ServiceRequestContext ctx, RequestHeaders request, String id, String file)
            throws HlsException, IOException {
        return switch (file) {
            case "index.m3u8" -> multivariant(ctx, request, id);
            case "live.m3u8" -> live(ctx, request, id);
            case "event.m3u8" -> event(ctx, request, id);
            case "vod.m3u8" -> vod(ctx, request, id);
            case "download.ts" -> download(ctx, request, id, TimeRange.of(ctx.queryParams()));
            default -> segment(ctx, request, id, file);
        };
    }

    private HttpResponse multivariant(ServiceRequestContext ctx, RequestHeaders request, String id)
            throws HlsException {
        TimeRange range = TimeRange.of(ctx.queryParams());
        boolean isReplay = !range.isAll();
        Presentation presentation = isReplay ? some(recordings.all(id, range)) : recordings.live(id);
        if (presentation.isEmpty()) {
            throw nothing(id);
        }
        String query = query(range.query(), urls.carried(ctx));
        String uri = (isReplay ? "vod.m3u8" : "live.m3u8") + query;
        String text = MultivariantPlaylist.of(uri, recordings.format(id, presentation), presentation.rows())
                .write();
        return Replies.playlist(request, Replies.Rendered.of(text), Replies.LIVE);
    }

    private HttpResponse live(ServiceRequestContext ctx, RequestHeaders request, String id) throws HlsException {
        boolean ended = recordings.hasEnded(id);
        Presentation live = recordings.live(id);
        if (live.isEmpty()) {
            throw nothing(id);
        }
        return playlist(ctx, request, live.live(ended, null));
    }

    private HttpResponse event(ServiceRequestContext ctx, RequestHeaders request, String id) throws HlsException {
        boolean ended = recordings.hasEnded(id);
        Presentation recorded = recordings.all(id, TimeRange.ALL);
        // A segment is in the window before it is in the record, and what was listed once stays.
        Presentation live = recordings.live(id);
        Presentation all = reachesFurther(live, recorded) ? live : recorded;
        if (all.isEmpty()) {
            throw nothing(id);
        }
        // What is too long, or has lost its beginning, is not a playlist that only grows.
        boolean isWhole = all.rows().get(0).sequence() == 1 && !recordings.isTooLong(all);
        return playlist(ctx, request, isWhole ? all.event(ended) : all.live(ended, null));
    }

    /** Whether what is live begins where the record does, and ends later. */
    private static boolean reachesFurther(Presentation live, Presentation recorded) {
        if (live.isEmpty() || recorded.isEmpty()) {
            return recorded.isEmpty();
        }
        return live.rows().get(0).sequence() <= recorded.rows().get(0).sequence()
                && live.rows().size() > recorded.rows().size();
    }

    private HttpResponse vod(ServiceRequestContext ctx, RequestHeaders request, String id) throws HlsException {
        TimeRange range = TimeRange.of(ctx.queryParams());
        boolean isFixed = range.isOver(clock.millis()) || recordings.hasEnded(id);
        MediaPlaylist playlist = some(recordings.all(id, range)).vod();
        return Replies.playlist(request, rendered(ctx, playlist), isFixed ? "public, max-age=60" : Replies.LIVE);
    }

    /** Why nothing of a stream can be played: of one that is open something may come. */
    private HlsException nothing(String id) throws HlsException {
        return recordings.hasEnded(id)
                ? HlsException.notFound("nothing of that stream can be played")
                : HlsException.unavailable(LivePlaylists.NOTHING_YET);
    }

    private static Presentation some(Presentation found) throws HlsException {
        if (found.isEmpty()) {
            throw HlsException.notFound("nothing that was asked for can be played");
        }
        return found;
    }

    private HttpResponse playlist(ServiceRequestContext ctx, RequestHeaders request, MediaPlaylist playlist) {
        return Replies.playlist(request, rendered(ctx, playlist), Replies.LIVE);
    }

    private Replies.Rendered rendered(ServiceRequestContext ctx, MediaPlaylist playlist) {
        return Replies.Rendered.of(PlaylistWriter.write(playlist, query(urls.carried(ctx))));
    }

    /** What is not empty of these, as the query of an address. */
    private static String query(String... parts) {
        String joined = Stream.of(parts).filter(part -> !part.isEmpty()).collect(Collectors.joining("&"));
        return joined.isEmpty() ? "" : "?" + joined;
    }

    private HttpResponse segment(ServiceRequestContext ctx, RequestHeaders request, String id, String file)
            throws HlsException, IOException {
        OptionalLong sequence = SegmentName.sequenceOf(file);
        if (sequence.isEmpty() || !file.equals(SegmentName.of(sequence.getAsLong()))) {
            throw HlsException.notFound("there is nothing of that name");
        }
        SegmentBytes.Source spooled = bytes.openSpooled(id, sequence.getAsLong());
        SegmentBytes.Source source =
                spooled == null ? bytes.open(recordings.stored(id, sequence.getAsLong())) : spooled;
        return send(ctx, request, file, source);
    }

    private static HttpResponse send(
            ServiceRequestContext ctx, RequestHeaders request, String file, SegmentBytes.Source source)
            throws IOException {
        long total = source.length();
        // A name never has other bytes: objects are not written over, and numbers are not used again.
        String tag = "\"" + file + "-" + total + "\"";
        String condition = request.get(HttpHeaderNames.IF_RANGE);
        boolean isRangeWanted = condition == null || condition.equals(tag);
        ByteRange range = ByteRange.of(isRangeWanted ? request.get(HttpHeaderNames.RANGE) : null, total);
        HttpStatus status = range.isPartial() ? HttpStatus.PARTIAL_CONTENT : HttpStatus.OK;
        ResponseHeadersBuilder headers = Replies.head(status, Replies.TRANSPORT_STREAM, Replies.FOREVER)
                .set(HttpHeaderNames.ETAG, tag)
                .set(HttpHeaderNames.ACCEPT_RANGES, "bytes");
        if (Replies.isKnown(request, tag)) {
            source.close();
            return HttpResponse.of(headers.status(HttpStatus.NOT_MODIFIED).build());
        }
        if (range.length() == 0) {
            source.close();
            return HttpResponse.of(headers.status(HttpStatus.REQUESTED_RANGE_NOT_SATISFIABLE)
                    .set(HttpHeaderNames.CONTENT_RANGE, "bytes */" + total)
                    .contentLength(0)
                    .build());
        }
        if (range.isPartial()) {
            headers.set(
                    HttpHeaderNames.CONTENT_RANGE,
                    "bytes " + range.first() + "-" + (range.first() + range.length() - 1) + "/" + total);
        }
        headers.contentLength(range.length());
        if (request.method() == HttpMethod.HEAD) {
            source.close();
            return HttpResponse.of(headers.build());
        }
        return stream(ctx, headers, List.of(() -> source), range.first(), range.length());
    }

    private HttpResponse download(ServiceRequestContext ctx, RequestHeaders request, String id, TimeRange range)
            throws HlsException {
        List<Streamed.Opening> sources = new ArrayList<>();
        long total = 0;
        for (SegmentRecord row : some(recordings.all(id, range)).rows()) {
            if (row.state().isThere()) {
                sources.add(() -> bytes.open(row));
                total += row.facts().bytes();
            }
        }
        ResponseHeadersBuilder headers = Replies.head(HttpStatus.OK, Replies.TRANSPORT_STREAM, Replies.LIVE)
                .contentLength(total)
                .set(HttpHeaderNames.CONTENT_DISPOSITION, "attachment; filename=\"" + id + ".ts\"");
        return request.method() == HttpMethod.HEAD
                ? HttpResponse.of(headers.build())
                : stream(ctx, headers, sources, 0, Long.MAX_VALUE);
    }

    private static HttpResponse stream(
            ServiceRequestContext ctx,
            ResponseHeadersBuilder headers,
            List<Streamed.Opening> sources,
            long first,
            long length) {
        ctx.setRequestTimeout(LONGEST_DOWNLOAD);
        HttpResponseWriter out = HttpResponse.streaming();
        out.write(headers.build());
        new Streamed(out, ctx.blockingTaskExecutor(), sources.iterator(), first, length).start();
        return out;
    }
}
