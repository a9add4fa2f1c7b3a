// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.hls;

import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpResponseWriter;
import java.io.IOException;
import java.util.Iterator;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Sends segments one after the other, a piece at a time, each once the one before it is on its way: a slow client costs one piece of memory. */
final class Streamed {
    private static final Logger LOG = LoggerFactory.getLogger(Streamed.class);
    private static final int PIECE = 128 * 1024;

    /** Opens a source when its turn comes. */
    interface Opening {
        SegmentBytes.Source open() throws IOException;
    }

    private final HttpResponseWriter out;
    private final Executor worker;
    private final Iterator<Opening> sources;
    private final long end;
    private SegmentBytes.@Nullable Source source;
    private long at;

    /**
     * @param first the first byte of the first source that is sent
     * @param length how many bytes of it, if it is the only one; {@link Long#MAX_VALUE} for all
     */
    Streamed(HttpResponseWriter out, Executor worker, Iterator<Opening> sources, long first, long length) {
        this.out = out;
        this.worker = worker;
        this.sources = sources;
        this.at = first;
        this.end = length == Long.MAX_VALUE ? length : first + length;
    }

    @SuppressWarnings("FutureReturnValueIgnored") // frees the file, and throws nothing
    void start() {
        out.whenComplete().whenComplete((done, failure) -> worker.execute(this::release));
        worker.execute(this::next);
    }

    @SuppressWarnings("FutureReturnValueIgnored") // goes on by itself
    private synchronized void next() {
        try {
            SegmentBytes.Source open = out.isOpen() ? current() : null;
            if (open == null) {
                release();
                out.close();
                return;
            }
            byte[] piece = open.read(at, (int) Math.min(PIECE, Math.min(end, open.length()) - at));
            at += piece.length;
            if (out.tryWrite(HttpData.wrap(piece))) {
                out.whenConsumed().thenRunAsync(this::next, worker);
            } else {
                release();
            }
        } catch (IOException e) {
            LOG.info("what was asked for cannot be sent to its end: {}", e.getMessage());
            out.close(e);
            release();
        }
    }

    /** What has bytes left to be sent; null when everything is. */
    private SegmentBytes.@Nullable Source current() throws IOException {
        SegmentBytes.Source open = source;
        while (open == null || at == Math.min(end, open.length())) {
            if (open != null) {
                release();
                at = 0;
            }
            if (!sources.hasNext()) {
                return null;
            }
            open = sources.next().open();
            source = open;
        }
        return open;
    }

    private synchronized void release() {
        SegmentBytes.Source open = source;
        source = null;
        if (open != null) {
            try {
                open.close();
            } catch (IOException e) {
                LOG.debug("cannot be closed", e);
            }
        }
    }
}
