// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.transfer;

import io.medicloud.srt.SrtCloseReason;
import io.medicloud.srt.SrtConnection;
import io.medicloud.srt.SrtSink;
import io.medicloud.srt.SrtStack;
import io.medicloud.srt.SrtStats;
import io.medicloud.srt.SrtUri;
import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Receives one SRT stream into a file: what came is written, in order, to the last byte. */
public final class SrtReceiver implements AutoCloseable {
    private final BatchWriter writer;
    private final SrtLink link;
    private final CompletableFuture<@Nullable SrtCloseReason> ended = new CompletableFuture<>();

    /**
     * Begins to listen, or to call.
     *
     * @param out stays the caller's
     */
    public SrtReceiver(SrtStack stack, SrtUri uri, FileChannel out) throws IOException {
        writer = new BatchWriter(out);
        link = SrtLink.open(stack, uri, new ToWriter());
    }

    /** The port that is listened on, 0 if this is no listener. */
    public int listeningPort() {
        return link.listeningPort();
    }

    /** Completes when the stream is over: with the reason, or null if nobody had connected. */
    public CompletableFuture<@Nullable SrtCloseReason> ended() {
        return ended;
    }

    /** Waits until what was received is in the file. */
    public void flush() throws IOException {
        writer.finish();
    }

    /** What is in the file by now, in bytes. */
    public long writtenBytes() {
        return writer.writtenBytes();
    }

    /** The connection's statistics, all zero while there is none. */
    public SrtStats stats() {
        SrtConnection connection = link.connection();
        return connection == null ? SrtStats.NONE : connection.stats();
    }

    /** Ends the stream from this side, once what has arrived is delivered; {@link #ended} follows. */
    @Override
    public void close() {
        link.drain();
        if (link.connection() == null) {
            ended.complete(null);
        }
    }

    private final class ToWriter implements SrtSink {
        private List<ByteBuf> batch = new ArrayList<>();

        @Override
        public void onConnected(SrtConnection connection) {}

        @Override
        public void onPayload(ByteBuf payload, long nowUs) {
            batch.add(payload.retainedSlice());
        }

        @Override
        public void onBatchEnd(long nowUs) {
            List<ByteBuf> full = batch;
            batch = new ArrayList<>();
            try {
                writer.takeBatch(full);
            } catch (IOException e) {
                ended.completeExceptionally(e);
                link.close();
            }
        }

        @Override
        public void onClosed(SrtCloseReason why) {
            onBatchEnd(0);
            ended.complete(why);
        }
    }
}
