// SPDX-License-Identifier: Apache-2.0
package io.medicloud.srt.bench;

import io.medicloud.srt.SrtCloseReason;
import io.medicloud.srt.SrtConnection;
import io.medicloud.srt.SrtListener;
import io.medicloud.srt.SrtOptions;
import io.medicloud.srt.SrtSink;
import io.medicloud.srt.SrtStack;
import io.medicloud.srt.SrtVerdict;
import io.netty.buffer.ByteBuf;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * Takes every caller. A line on standard input asks for a reading: what came since the last one, payloads, payloads that should have come, the latency, and
 * how many of the streams were whole.
 */
final class ReceivingEnd {
    private static final int MOST_SAMPLES = 1 << 20;

    private final List<Stream> streams = new ArrayList<>();
    private final long[] latencyNs = new long[MOST_SAMPLES];
    private int payloads;
    private int samples;

    private ReceivingEnd() {}

    static void run(SrtStack stack, int port, SrtOptions options) throws Exception {
        ReceivingEnd end = new ReceivingEnd();
        InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
        try (SrtListener listener = stack.listen(any, options, request -> SrtVerdict.accept(end.newStream()))) {
            System.out.println("ready " + listener.localAddress().getPort());
            while (System.in.read() >= 0) {
                System.out.println(end.takeReading() + " drops " + listener.systemDrops() + " accepted "
                        + listener.accepted() + " rejected " + listener.rejected());
            }
        }
    }

    private synchronized Stream newStream() {
        Stream stream = new Stream();
        streams.add(stream);
        return stream;
    }

    private synchronized String takeReading() {
        long received = 0;
        long expected = 0;
        int flowing = 0;
        int whole = 0;
        for (Stream s : streams) {
            received += s.received;
            expected += s.expected;
            flowing += s.received > 0 ? 1 : 0;
            whole += s.received > 0 && s.received == s.expected ? 1 : 0;
            s.received = 0;
            s.expected = 0;
        }
        long[] sorted = Arrays.copyOf(latencyNs, samples);
        Arrays.sort(sorted);
        samples = 0;
        return String.format(
                Locale.ROOT,
                "received %d expected %d p50 %.1f p99 %.1f max %.1f whole %d of %d streams",
                received,
                expected,
                percentile(sorted, 50),
                percentile(sorted, 99),
                percentile(sorted, 100),
                whole,
                flowing);
    }

    private static double percentile(long[] sorted, int percent) {
        int at = (int) ((long) sorted.length * percent / 100);
        return sorted.length == 0 ? 0 : sorted[Math.min(at, sorted.length - 1)] / 1e6;
    }

    private final class Stream implements SrtSink {
        private long next;
        private long received;
        private long expected;

        @Override
        public void onConnected(SrtConnection connection) {}

        @Override
        public void onPayload(ByteBuf payload, long nowUs) {
            long number = payload.getLongLE(payload.readerIndex());
            long sentNs = payload.getLongLE(payload.readerIndex() + 8);
            synchronized (ReceivingEnd.this) {
                received++;
                expected += Math.max(0, number + 1 - next);
                next = Math.max(next, number + 1);
                if ((++payloads & 7) == 0 && samples < MOST_SAMPLES) {
                    latencyNs[samples++] = System.nanoTime() - sentNs;
                }
            }
        }

        @Override
        public void onClosed(SrtCloseReason why) {}
    }
}
