// SPDX-License-Identifier: Apache-2.0
package io.medicloud.pipeline;

import io.medicloud.mpegts.segment.SegmentPolicy;
import io.medicloud.mpegts.segment.Segmenter;
import io.medicloud.pipeline.source.SourceSink;
import io.medicloud.pipeline.spool.SpoolStream;
import io.netty.buffer.ByteBuf;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** The part of a stream that lives on its source's thread: received bytes to the segmenter, its slices to the spool. */
final class Ingest implements SourceSink {
    /** Hears what happens here, on the source's thread. */
    interface Observer extends MediaWatch.Observer {
        void onConnected(String peer);

        void onMedia();

        void onDropped(long bytes, String reason);

        /** More comes than may. */
        void onLimit(String limit, String reason);

        void onDisconnected(String reason);

        /** Nothing more comes; what was held is being handed to the spool. */
        void onFinished(String reason, boolean failed);
    }

    private static final String NOT_OURS = "the stream is not this node's any more";
    private static final String MOST_BITRATE = "stream.maxBitrate";

    private final Segmenter segmenter;
    private final SpoolStream spool;
    private final PipelineCounters counters;
    private final Observer observer;
    private final boolean canWait;
    private final Overflow overflow;
    private final RateLimit rate;
    private final MediaWatch media;
    private final StreamMeter meter;
    private final Placing placing;
    /** For the segments that begin from now on; taken on the source's thread. */
    private final AtomicReference<@Nullable SegmentPolicy> nextPolicy = new AtomicReference<>();

    private boolean isOverRate;
    private long overRateBytes;
    private boolean connected;
    private boolean flowing;
    private boolean finished;
    private long takenAtConnect;

    Ingest(
            Segmenter segmenter,
            SpoolStream spool,
            PipelineCounters counters,
            boolean canWait,
            RateLimit rate,
            MediaWatch media,
            StreamMeter meter,
            Placing placing,
            Observer observer) {
        this.segmenter = segmenter;
        this.spool = spool;
        this.counters = counters;
        this.canWait = canWait;
        this.rate = rate;
        this.media = media;
        this.meter = meter;
        this.placing = placing;
        this.observer = observer;
        this.overflow = new Overflow(spool);
    }

    /** The segments that begin from now on have another policy. Thread-safe. */
    void setPolicy(SegmentPolicy policy) {
        nextPolicy.set(policy);
    }

    private void takePolicy() {
        SegmentPolicy next = nextPolicy.getAndSet(null);
        if (next != null) {
            segmenter.setPolicy(next);
            media.setPolicy(next);
        }
    }

    @Override
    public void onConnected(String peer, long nowUs) {
        connected = true;
        takePolicy();
        flowing = false;
        spool.clearFault();
        takenAtConnect = spool.takenBytes();
        meter.onConnected(nowUs);
        counters.connections.incrementAndGet();
        observer.onConnected(peer);
    }

    @Override
    public void onData(ByteBuf data, long nowUs) {
        if (finished) {
            return;
        }
        int bytes = data.readableBytes();
        counters.receivedBytes.addAndGet(bytes);
        meter.onData(data, nowUs);
        if (!placing.holds()) {
            counters.droppedBytes.addAndGet(bytes + placing.takeRefusedBytes());
            finish(NOT_OURS, false);
            return;
        }
        if (!isWithinRate(bytes, nowUs)) {
            return;
        }
        if (!hasRoom(nowUs)) {
            counters.droppedBytes.addAndGet(bytes);
            overflow.drop(bytes);
            return;
        }
        spool.setArrival(nowUs);
        segmenter.onData(data, nowUs);
        if (!flowing && spool.takenBytes() > takenAtConnect) {
            flowing = true;
            observer.onMedia();
        }
    }

    private boolean isWithinRate(int bytes, long nowUs) {
        if (rate.isOver(bytes, nowUs)) {
            counters.droppedBytes.addAndGet(bytes);
            overRateBytes += bytes;
            if (!isOverRate) {
                isOverRate = true;
                spool.markIncomplete();
                cut();
                observer.onLimit(MOST_BITRATE, "more comes than the stream may bring: what is above is dropped");
            }
            return false;
        }
        tellOverRate();
        return true;
    }

    private void tellOverRate() {
        if (isOverRate) {
            isOverRate = false;
            observer.onDropped(overRateBytes, MOST_BITRATE);
            overRateBytes = 0;
        }
    }

    private boolean hasRoom(long nowUs) {
        if (overflow.isActive()) {
            if (!overflow.tryEnd(nowUs)) {
                tellIfDue(nowUs);
                return false;
            }
            tell(nowUs);
            return true;
        }
        if (!spool.isFull()) {
            return true;
        }
        if (canWait && waitForRoom()) {
            return true;
        }
        String fault = spool.fault();
        overflow.begin(nowUs);
        if (fault == null) {
            observer.onLimit(spool.fullLimit(), "what comes is dropped until there is room again");
        }
        spool.markIncomplete();
        if (canWait && fault != null) {
            finish(fault, true);
        } else {
            cut();
        }
        return false;
    }

    /** False if waiting is of no use: the disk has failed, or the source is being closed. */
    private boolean waitForRoom() {
        try {
            spool.awaitRoom();
            return spool.fault() == null;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** What comes next does not follow what came before: ends the open segment, with all that was held. */
    private void cut() {
        segmenter.onDiscontinuity();
        spool.flush();
    }

    private void tellIfDue(long nowUs) {
        if (overflow.isTellingDue(nowUs)) {
            tell(nowUs);
        }
    }

    private void tell(long nowUs) {
        long untold = overflow.takeUntold(nowUs);
        if (untold > 0) {
            observer.onDropped(untold, overflow.reason());
        }
    }

    @Override
    public void onBatchEnd(long nowUs) {
        if (nextPolicy.get() != null) {
            takePolicy();
        }
        segmenter.onTime(nowUs);
        spool.flush();
        media.look(nowUs);
        meter.look(nowUs);
    }

    @Override
    public void onDisconnected(String reason, long nowUs) {
        if (!connected) {
            return;
        }
        connected = false;
        cut();
        media.onDisconnected();
        tellOverRate();
        tell(nowUs);
        observer.onDisconnected(reason);
    }

    @Override
    public void onEnd(String reason) {
        finish(reason, false);
    }

    @Override
    public void onFailure(String reason) {
        finish(reason, true);
    }

    private void finish(String reason, boolean failed) {
        if (finished) {
            return;
        }
        finished = true;
        segmenter.finish();
        meter.finish();
        tellOverRate();
        tell(0);
        // Told first: the spool's threads may be done with the rest before we return.
        observer.onFinished(reason, failed);
        spool.finish();
    }
}
