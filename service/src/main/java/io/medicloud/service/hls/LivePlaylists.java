// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.hls;

import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.QueryParams;
import com.linecorp.armeria.server.ServiceRequestContext;
import io.medicloud.pipeline.playlist.LiveSnapshot;
import io.medicloud.pipeline.playlist.LiveWindow;
import io.medicloud.pipeline.playlist.MediaPlaylist;
import io.medicloud.pipeline.playlist.PlaylistWriter;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The live playlists of streams that are open, with delivery directives (draft-pantos-hls-rfc8216bis, 6.2.5). A player that waits holds no thread; one text is made for
 * all that wait for it. Thread-safe.
 */
final class LivePlaylists {
    /** Of the target duration: how long a request waits (6.2.5.2). */
    private static final int WAIT_TARGETS = 3;

    private static final Duration SPARE = Duration.ofSeconds(10);
    private static final int MOST_KEPT = 1024;

    /** What was made of a snapshot. */
    private record Text(LiveSnapshot snapshot, Replies.Rendered whole, Replies.Rendered delta) {}

    private final Map<String, Text> texts = new ConcurrentHashMap<>();

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
            throw HlsException.notFound("nothing of that stream can be played yet");
        }
        if (asked.sequence() < 0) {
            return reply(ctx, id, now, asked);
        }
        if (now.isTooFar(asked.sequence(), asked.part())) {
            throw HlsException.badRequest("_HLS_msn: is too far ahead of " + now.lastSequence());
        }
        CompletableFuture<LiveSnapshot> coming = window.await(asked.sequence(), asked.part());
        if (coming == null) {
            throw new HlsException(HttpStatus.SERVICE_UNAVAILABLE, "as many players as may wait for that stream");
        }
        int seconds = WAIT_TARGETS * playlist.targetSeconds();
        ctx.setRequestTimeout(Duration.ofSeconds(seconds).plus(SPARE));
        return HttpResponse.of(coming.orTimeout(seconds, TimeUnit.SECONDS)
                .handle((found, failure) -> {
                    if (failure != null) {
                        return CompletableFuture.completedFuture(Replies.error(new HlsException(
                                HttpStatus.SERVICE_UNAVAILABLE, "nothing has come within " + seconds + " s")));
                    }
                    return found.has(asked.sequence(), asked.part())
                            ? CompletableFuture.completedFuture(reply(ctx, id, found, asked))
                            : otherwise.get();
                })
                .thenCompose(response -> response));
    }

    private HttpResponse reply(ServiceRequestContext ctx, String id, LiveSnapshot snapshot, Directives asked) {
        Text text = texts.get(id);
        if (text == null || !isOf(text, snapshot)) {
            text = make(snapshot);
            if (texts.size() >= MOST_KEPT) {
                texts.clear();
            }
            texts.put(id, text);
        }
        return Replies.playlist(ctx.request().headers(), asked.isDelta() ? text.delta() : text.whole(), Replies.LIVE);
    }

    @SuppressWarnings("ReferenceEquality") // a snapshot is one moment
    private static boolean isOf(Text text, LiveSnapshot snapshot) {
        return text.snapshot() == snapshot;
    }

    private static Text make(LiveSnapshot snapshot) {
        MediaPlaylist playlist = snapshot.playlist();
        if (playlist == null) {
            throw new IllegalArgumentException("nothing to tell");
        }
        return new Text(
                snapshot,
                Replies.Rendered.of(PlaylistWriter.write(playlist)),
                Replies.Rendered.of(PlaylistWriter.writeDelta(playlist)));
    }
}
