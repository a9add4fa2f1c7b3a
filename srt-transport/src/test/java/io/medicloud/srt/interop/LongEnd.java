// SPDX-License-Identifier: Apache-2.0
package io.medicloud.srt.interop;

import io.medicloud.srt.SrtCloseReason;
import io.medicloud.srt.SrtConnection;
import io.medicloud.srt.SrtSink;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Locale;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** One end of a {@link LongRun}: sends numbered messages that bear their time, and keeps account of those that come from the other. */
final class LongEnd implements SrtSink {
    private static final int MESSAGE = 1316;
    private static final int MOST_MS = 2_000;

    private final BitSet arrived = new BitSet();
    private final int[] latencies = new int[MOST_MS];
    private volatile @Nullable SrtConnection connection;
    private volatile @Nullable SrtCloseReason closed;
    private volatile int sent;
    private int damaged;
    private int repeated;
    private int outOfOrder;
    private int next;
    private int counted;

    @Override
    public void onConnected(SrtConnection made) {
        connection = made;
    }

    @Override
    public void onClosed(SrtCloseReason why) {
        closed = why;
    }

    boolean isConnected() {
        return connection != null;
    }

    @Nullable
    SrtCloseReason closed() {
        return closed;
    }

    /** Sends at this rate until then; messages that the stack does not take are not counted as sent. */
    @SuppressWarnings("NonAtomicVolatileUpdate") // one writer at a time
    void send(double perSecond, long untilNs) {
        SrtConnection c = connection;
        if (c == null) {
            throw new IllegalStateException("not connected");
        }
        long begunNs = System.nanoTime();
        for (long i = 0; ; i++) {
            long dueNs = begunNs + (long) (i * 1e9 / perSecond);
            if (dueNs >= untilNs || closed != null) {
                return;
            }
            for (long left = dueNs - System.nanoTime(); left > 0; left = dueNs - System.nanoTime()) {
                LockSupport.parkNanos(left);
            }
            ByteBuf payload = Unpooled.buffer(MESSAGE);
            payload.writeInt(sent).writeLong(System.nanoTime()).writeInt(~sent);
            payload.writeZero(MESSAGE - payload.readableBytes());
            if (c.send(payload)) {
                sent++;
            } else {
                payload.release();
            }
        }
    }

    @Override
    public synchronized void onPayload(ByteBuf payload, long nowUs) {
        int at = payload.readerIndex();
        int number = payload.readableBytes() == MESSAGE ? payload.getInt(at) : -1;
        if (number < 0 || payload.getInt(at + 12) != ~number) {
            damaged++;
            return;
        }
        repeated += arrived.get(number) ? 1 : 0;
        outOfOrder += number < next ? 1 : 0;
        arrived.set(number);
        next = number + 1;
        long ms = (System.nanoTime() - payload.getLong(at + 4)) / 1_000_000;
        latencies[(int) Math.max(0, Math.min(MOST_MS - 1, ms))]++;
        counted++;
    }

    int sent() {
        return sent;
    }

    synchronized int arrived() {
        return arrived.cardinality();
    }

    synchronized int damaged() {
        return damaged;
    }

    synchronized int wrong() {
        return repeated + outOfOrder;
    }

    /** What share of the latencies since the last call did not exceed, in milliseconds: half, and 99.9 %. */
    synchronized Latency takeLatency() {
        Latency latency = new Latency(percentile(0.5), percentile(0.999));
        Arrays.fill(latencies, 0);
        counted = 0;
        return latency;
    }

    private int percentile(double share) {
        long count = 0;
        for (int ms = 0; ms < MOST_MS; ms++) {
            count += latencies[ms];
            if (count >= share * counted) {
                return ms;
            }
        }
        return MOST_MS;
    }

    /** In milliseconds. */
    record Latency(int p50, int p999) {
        @Override
        public String toString() {
            return String.format(Locale.ROOT, "%d/%d", p50, p999);
        }
    }
}
