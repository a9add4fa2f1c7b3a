// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.hls;

import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.RequestHeaders;
import com.linecorp.armeria.server.ServiceRequestContext;
import io.medicloud.pipeline.playlist.LivePart;
import io.medicloud.pipeline.playlist.LiveSnapshot;
import io.medicloud.pipeline.playlist.LiveWindow;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Parts of segments that grow: {@code segment_0007.3.ts}. The one that a playlist hints at is answered when it is whole
 * (draft-pantos-hls-rfc8216bis, 6.2.6). The last ones that were read are kept for the players that ask next. Thread-safe.
 */
final class LiveParts {
    private static final Pattern NAME = Pattern.compile("(segment_[0-9]{4,18})\\.([0-9]{1,6})\\.ts");
    private static final int MOST_KEPT = 32;
    private static final int MOST_KEPT_BYTES = 2 << 20;
    private static final int WAIT_S = 30;

    private final SegmentBytes bytes;
    private final Recordings recordings;
    private final Map<String, byte[]> kept = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, byte[]> eldest) {
            return size() > MOST_KEPT;
        }
    };

    LiveParts(SegmentBytes bytes, Recordings recordings) {
        this.bytes = bytes;
        this.recordings = recordings;
    }

    /**
     * The part that a name is of.
     *
     * @param segment the name of its segment
     */
    record Name(String segment, long sequence, int index) {
        static @Nullable Name of(String file) {
            Matcher matcher = NAME.matcher(file);
            return matcher.matches()
                    ? new Name(
                            matcher.group(1) + ".ts",
                            Long.parseLong(matcher.group(1).substring("segment_".length())),
                            Integer.parseInt(matcher.group(2)))
                    : null;
        }
    }

    HttpResponse answer(ServiceRequestContext ctx, String id, LiveWindow window, Name name) throws HlsException {
        LiveSnapshot now = window.snapshot();
        LivePart part = window.part(name.sequence(), name.index());
        CompletableFuture<LiveSnapshot> coming = CompletableFuture.completedFuture(now);
        if (part == null) {
            long next = now.lastSequence() + 1;
            boolean isHinted = (name.sequence() == next && name.index() <= now.openParts())
                    || (name.sequence() == next + 1 && name.index() == 0);
            CompletableFuture<LiveSnapshot> waiting = isHinted ? window.await(name.sequence(), name.index()) : null;
            if (waiting == null) {
                throw HlsException.notFound("there is no such part");
            }
            coming = waiting.orTimeout(WAIT_S, TimeUnit.SECONDS);
            ctx.setRequestTimeout(Duration.ofSeconds(2L * WAIT_S));
        }
        RequestHeaders request = ctx.request().headers();
        return HttpResponse.of(
                coming.handleAsync((snapshot, failure) -> send(request, id, window, name), ctx.blockingTaskExecutor()));
    }

    private HttpResponse send(RequestHeaders request, String id, LiveWindow window, Name name) {
        try {
            LivePart part = window.part(name.sequence(), name.index());
            if (part == null) {
                throw HlsException.notFound("that part has not come");
            }
            return Replies.whole(
                    request,
                    Replies.head(HttpStatus.OK, Replies.TRANSPORT_STREAM, Replies.FOREVER),
                    read(id, window, name, part));
        } catch (HlsException e) {
            return Replies.error(e);
        } catch (IOException e) {
            return Replies.error(new HlsException(HttpStatus.BAD_GATEWAY, String.valueOf(e.getMessage())));
        }
    }

    private byte[] read(String id, LiveWindow window, Name name, LivePart part) throws IOException, HlsException {
        String key = id + "/" + name.sequence() + "/" + name.index();
        synchronized (kept) {
            byte[] known = kept.get(key);
            if (known != null) {
                return known;
            }
        }
        byte[] content = new byte[Math.toIntExact(part.tableBytes() + part.bytes())];
        try (FileChannel file = window.open(name.sequence())) {
            fill(file, ByteBuffer.wrap(content, 0, part.tableBytes()), 0);
            fill(file, ByteBuffer.wrap(content, part.tableBytes(), (int) part.bytes()), part.offset());
        } catch (NoSuchFileException e) {
            readStored(id, name, part, content);
        }
        if (content.length <= MOST_KEPT_BYTES) {
            synchronized (kept) {
                kept.put(key, content);
            }
        }
        return content;
    }

    private static void fill(FileChannel file, ByteBuffer into, long from) throws IOException {
        int start = into.position();
        while (into.hasRemaining()) {
            if (file.read(into, from + into.position() - start) <= 0) {
                throw new EOFException("the segment is shorter than its part");
            }
        }
    }

    private void readStored(String id, Name name, LivePart part, byte[] content) throws IOException, HlsException {
        try (SegmentBytes.Source source = bytes.open(recordings.stored(id, name.sequence()))) {
            copy(source, 0, content, 0, part.tableBytes());
            copy(source, part.offset(), content, part.tableBytes(), (int) part.bytes());
        }
    }

    private static void copy(SegmentBytes.Source source, long from, byte[] to, int at, int length) throws IOException {
        for (int done = 0; done < length; ) {
            byte[] piece = source.read(from + done, length - done);
            System.arraycopy(piece, 0, to, at + done, piece.length);
            done += piece.length;
        }
    }
}
