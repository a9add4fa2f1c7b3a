// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.hls;

import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.QueryParams;
import com.linecorp.armeria.server.ServiceRequestContext;
import io.medicloud.pipeline.playlist.LiveSnapshot;
import io.medicloud.pipeline.playlist.LiveWindow;
import io.medicloud.pipeline.playlist.MediaPlaylist;
import io.medicloud.pipeline.playlist.PlaylistWriter;
import io.medicloud.service.http.SignedUrls;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The live playlists of streams that are open, with delivery directives (draft-pantos-hls-rfc8216bis, 6.2.5). A player that waits holds no thread, and is answered on that of its
 * connection; one text is made for all that wait for it and have the same behind their addresses. Thread-safe.
 */
final class LivePlaylists {
    /** Of the target duration: how long a request waits (6.2.5.2). */
    private static final int WAIT_TARGETS = 3;

    /** How long a player waits that comes before the first segment: most give up after ten seconds without an answer. */
    private static final int FIRST_WAIT_S = 8;

    private static final Duration SPARE = Duration.ofSeconds(10);
    private static final int MOST_KEPT = 1024;
    static final String NOTHING_YET = "nothing of that stream can be played yet";

    /** For whom a text is: who asks for a delta update, and has that behind the address. */
    private record Kind(String id, boolean isDelta, String query) {}

    /** What was made of a snapshot. */
    private record Text(LiveSnapshot snapshot, Replies.Rendered rendered) {}

    private final SignedUrls urls;
    private final Map<Kind, Text> texts = new ConcurrentHashMap<>();

    LivePlaylists(SignedUrls urls) {
        this.urls = urls;
    }

    /** What is asked for. */
    record Directives(long sequence, int part, boolean isDelta) {
        static Directives of(QueryParams query) throws HlsException {
            String sequence = query.get("_HLS_msn");
            String part = query.get("_HLS_part");
            if (sequence == null && part != null) {
                throw HlsException.badRequest("_HLS_part: needs _HLS_msn beside it");
            }
            String skip = query.get("_HLS_skip", "");
            return new Directives(
                    number("_HLS_msn", sequence),
                    (int) number("_HLS_part", part),
                    skip.equals("YES") || skip.equals("v2"));
        }

        private static long number(String name, @Nullable String text) throws HlsException {
            if (text == null) {
                return -1;
            }
            if (!text.matches("[0-9]{1,9}")) {
                throw HlsException.badRequest(name + ": must be a whole number");
            }
            return Long.parseLong(text);
        }
    }

    /**
     * Answers a player that comes before there is something to play: once there is, or that it has not come yet.
     *
     * @param answer what to answer then
     */
    HttpResponse afterFirst(ServiceRequestContext ctx, LiveWindow window, Supplier<HttpResponse> answer)
            throws HlsException {
        CompletableFuture<LiveSnapshot> first = await(window, 1, -1);
        ctx.setRequestTimeout(Duration.ofSeconds(FIRST_WAIT_S).plus(SPARE));
        return HttpResponse.of(first.orTimeout(FIRST_WAIT_S, TimeUnit.SECONDS)
                .handleAsync(
                        (found, failure) -> failure == null && found.playlist() != null
                                ? answer.get()
                                : Replies.error(HlsException.unavailable(NOTHING_YET)),
                        ctx.eventLoop()));
    }

    private static CompletableFuture<LiveSnapshot> await(LiveWindow window, long sequence, int part)
            throws HlsException {
        CompletableFuture<LiveSnapshot> coming = window.await(sequence, part);
        if (coming == null) {
            throw HlsException.unavailable("as many players as may wait for that stream");
        }
        return coming;
    }

    /**
     * Answers, at once or when there is what is asked for.
     *
     * @param otherwise what to answer if the stream is over before
     */
    @SuppressWarnings("FutureReturnValueIgnored") // the future is the answer
    HttpResponse answer(
            ServiceRequestContext ctx,
            String id,
            LiveWindow window,
            Supplier<CompletableFuture<HttpResponse>> otherwise)
            throws HlsException {
        Directives asked = Directives.of(ctx.queryParams());
        LiveSnapshot now = window.snapshot();
        MediaPlaylist playlist = now.playlist();
        if (playlist == null) {
            throw HlsException.unavailable(NOTHING_YET);
        }
        if (asked.sequence() < 0) {
            return reply(ctx, id, now, asked);
        }
        if (now.isTooFar(asked.sequence(), asked.part())) {
            throw HlsException.badRequest("_HLS_msn: is too far ahead of " + now.lastSequence());
        }
        CompletableFuture<LiveSnapshot> coming = await(window, asked.sequence(), asked.part());
        int seconds = WAIT_TARGETS * playlist.targetSeconds();
        ctx.setRequestTimeout(Duration.ofSeconds(seconds).plus(SPARE));
        return HttpResponse.of(coming.orTimeout(seconds, TimeUnit.SECONDS)
                .handleAsync(
                        (found, failure) -> {
                            if (failure != null) {
                                return CompletableFuture.completedFuture(Replies.error(
                                        HlsException.unavailable("nothing has come within " + seconds + " s")));
                            }
                            return found.has(asked.sequence(), asked.part())
                                    ? CompletableFuture.completedFuture(reply(ctx, id, found, asked))
                                    : otherwise.get();
                        },
                        ctx.eventLoop())
                .thenCompose(response -> response));
    }

    private HttpResponse reply(ServiceRequestContext ctx, String id, LiveSnapshot snapshot, Directives asked) {
        Kind kind = new Kind(id, asked.isDelta(), urls.carried(ctx));
        Text text = texts.get(kind);
        if (text == null || !isOf(text, snapshot)) {
            text = make(snapshot, kind);
            if (texts.size() >= MOST_KEPT) {
                texts.clear();
            }
            texts.put(kind, text);
        }
        return Replies.playlist(ctx.request().headers(), text.rendered(), Replies.LIVE);
    }

    @SuppressWarnings("ReferenceEquality") // a snapshot is one moment
    private static boolean isOf(Text text, LiveSnapshot snapshot) {
        return text.snapshot() == snapshot;
    }

    private static Text make(LiveSnapshot snapshot, Kind kind) {
        MediaPlaylist playlist = snapshot.playlist();
        if (playlist == null) {
            throw new IllegalArgumentException("nothing to tell");
        }
        String query = kind.query().isEmpty() ? "" : "?" + kind.query();
        return new Text(
                snapshot,
                Replies.Rendered.of(
                        kind.isDelta()
                                ? PlaylistWriter.writeDelta(playlist, query)
                                : PlaylistWriter.write(playlist, query)));
    }
}
