// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.hls;

import io.medicloud.pipeline.source.Source;
import io.medicloud.pipeline.source.SourceSink;
import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;

/** A source that notes when its batches of media came, and how long the pipeline kept the thread that they came on. */
final class TimedSource implements Source {
    private final Source source;
    private final List<Batch> batches = new ArrayList<>();

    /**
     * A batch.
     *
     * @param bytes what had come with it and before
     */
    record Batch(long bytes, long atNs, long tookNs) {}

    TimedSource(Source source) {
        this.source = source;
    }

    /** Those that have come. */
    synchronized List<Batch> batches() {
        return List.copyOf(batches);
    }

    private synchronized void add(Batch batch) {
        batches.add(batch);
    }

    @Override
    public boolean canWait() {
        return false;
    }

    @Override
    public void start(SourceSink sink) {
        source.start(new Timing(sink));
    }

    @Override
    public void close() {
        source.close();
    }

    private final class Timing implements SourceSink {
        private final SourceSink sink;
        private long bytes;
        private long beganNs;

        Timing(SourceSink sink) {
            this.sink = sink;
        }

        @Override
        public void onConnected(String peer, long nowUs) {
            sink.onConnected(peer, nowUs);
        }

        @Override
        public void onData(ByteBuf data, long nowUs) {
            beganNs = System.nanoTime();
            bytes += data.readableBytes();
            sink.onData(data, nowUs);
        }

        @Override
        public void onBatchEnd(long nowUs) {
            sink.onBatchEnd(nowUs);
            add(new Batch(bytes, beganNs, System.nanoTime() - beganNs));
        }

        @Override
        public void onDisconnected(String reason, long nowUs) {
            sink.onDisconnected(reason, nowUs);
        }

        @Override
        public void onEnd(String reason) {
            sink.onEnd(reason);
        }

        @Override
        public void onFailure(String reason) {
            sink.onFailure(reason);
        }
    }
}
