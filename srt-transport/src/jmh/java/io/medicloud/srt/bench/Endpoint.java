// SPDX-License-Identifier: Apache-2.0
package io.medicloud.srt.bench;

import io.medicloud.srt.SrtCloseReason;
import io.medicloud.srt.SrtConnection;
import io.medicloud.srt.SrtListener;
import io.medicloud.srt.SrtOption;
import io.medicloud.srt.SrtOptions;
import io.medicloud.srt.SrtSink;
import io.medicloud.srt.SrtStack;
import io.medicloud.srt.SrtStacks;
import io.medicloud.srt.SrtVerdict;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * One end of a comparison, in a process of its own: {@code recv STACK PORT STREAMS LATENCY_MS [PASSPHRASE]} or {@code send STACK PORT STREAMS LATENCY_MS
 * MBPS SECONDS [PASSPHRASE]}; {@code -Dbuffers=PACKETS} sets the buffers' size. Each payload begins with its number and its time (little endian). A receiver takes a line on its standard input for a
 * reading, and writes the counts since the last one: payloads, payloads that should have come, and the latency.
 */
public final class Endpoint {
    private static final int PAYLOAD = 1316;
    private static final long PACKET = 1456;
    private static final long BUFFERS = Long.getLong("buffers", 8192);
    private static final byte FILLING = 0x47;
    private static final int MOST_SAMPLES = 1 << 20;

    private static final byte[] TEMPLATE = new byte[PAYLOAD];

    static {
        Arrays.fill(TEMPLATE, FILLING);
    }

    private Endpoint() {}

    /** Runs one end. */
    public static void main(String[] args) throws Exception {
        try (SrtStack stack = SrtStacks.select(args[1]).stack()) {
            int port = Integer.parseInt(args[2]);
            int streams = Integer.parseInt(args[3]);
            SrtOptions options = SrtOptions.STANDARD
                    .withLatencyMs(Integer.parseInt(args[4]))
                    .with(SrtOption.FC, BUFFERS)
                    .with(SrtOption.RCVBUF, BUFFERS * PACKET)
                    .with(SrtOption.SNDBUF, BUFFERS * PACKET);
            boolean receives = args[0].equals("recv");
            int passphraseAt = receives ? 5 : 7;
            if (args.length > passphraseAt) {
                options = options.withPassphrase(args[passphraseAt]);
            }
            if (receives) {
                receive(stack, port, options);
            } else {
                send(stack, port, streams, options, Double.parseDouble(args[5]), Double.parseDouble(args[6]));
            }
        }
    }

    private static void receive(SrtStack stack, int port, SrtOptions options) throws Exception {
        Readings readings = new Readings();
        try (SrtListener listener = stack.listen(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), port),
                options,
                request -> SrtVerdict.accept(new Counting(readings)))) {
            System.out.println("ready " + listener.localAddress().getPort());
            while (System.in.read() >= 0) {
                System.out.println(readings.take() + " drops " + listener.systemDrops());
            }
        }
    }

    /** What all streams counted since the last reading. */
    private static final class Readings {
        private long received;
        private long expected;
        private final long[] latencyNs = new long[MOST_SAMPLES];
        private int samples;

        synchronized void onPayload(long newlyExpected, long ns) {
            received++;
            expected += newlyExpected;
            if ((received & 7) == 0 && samples < MOST_SAMPLES) {
                latencyNs[samples++] = ns;
            }
        }

        synchronized String take() {
            long[] sorted = Arrays.copyOf(latencyNs, samples);
            Arrays.sort(sorted);
            String line = String.format(
                    Locale.ROOT,
                    "received %d expected %d p50 %.1f p99 %.1f",
                    received,
                    expected,
                    percentile(sorted, 50),
                    percentile(sorted, 99));
            received = 0;
            expected = 0;
            samples = 0;
            return line;
        }

        private static double percentile(long[] sorted, int percent) {
            return sorted.length == 0 ? 0 : sorted[(int) ((long) sorted.length * percent / 100)] / 1e6;
        }
    }

    private static final class Counting implements SrtSink {
        private final Readings readings;
        private long next;

        Counting(Readings readings) {
            this.readings = readings;
        }

        @Override
        public void onConnected(SrtConnection connection) {}

        @Override
        public void onPayload(ByteBuf payload, long nowUs) {
            long number = payload.getLongLE(payload.readerIndex());
            long newly = Math.max(0, number + 1 - next);
            next = Math.max(next, number + 1);
            readings.onPayload(newly, System.nanoTime() - payload.getLongLE(payload.readerIndex() + 8));
        }

        @Override
        public void onClosed(SrtCloseReason why) {}
    }

    private static void send(SrtStack stack, int port, int streams, SrtOptions options, double mbps, double seconds)
            throws Exception {
        List<SrtConnection> connections = new ArrayList<>();
        CountDownLatch connected = new CountDownLatch(streams);
        for (int i = 0; i < streams; i++) {
            connections.add(stack.connect(
                    new InetSocketAddress(InetAddress.getLoopbackAddress(), port), options, new Calling(connected)));
        }
        if (!connected.await(20, TimeUnit.SECONDS)) {
            throw new IllegalStateException(connected.getCount() + " of " + streams + " did not connect");
        }
        long[] sent = new long[streams];
        long begin = System.nanoTime();
        double perNs = mbps * 1e6 / 8 / PAYLOAD / 1e9;
        while (System.nanoTime() - begin < seconds * 1e9) {
            long due = (long) ((System.nanoTime() - begin) * perNs) + 1;
            for (int i = 0; i < streams; i++) {
                submit(connections.get(i), sent, i, due);
            }
            LockSupport.parkNanos(1_000_000);
        }
        TimeUnit.MILLISECONDS.sleep(500);
        long again = 0;
        long dropped = 0;
        for (SrtConnection c : connections) {
            again += c.stats().total().pktRetrans();
            dropped += c.stats().total().pktSndDrop();
        }
        System.out.println("sent " + Arrays.stream(sent).sum() + " again " + again + " dropped " + dropped);
    }

    private static void submit(SrtConnection connection, long[] sent, int i, long due) {
        while (sent[i] < due) {
            ByteBuf payload = PooledByteBufAllocator.DEFAULT.directBuffer(PAYLOAD);
            payload.writeBytes(TEMPLATE).setLongLE(0, sent[i]).setLongLE(8, System.nanoTime());
            if (!connection.send(payload)) {
                payload.release();
                return;
            }
            sent[i]++;
        }
    }

    private static final class Calling implements SrtSink {
        private final CountDownLatch connected;

        Calling(CountDownLatch connected) {
            this.connected = connected;
        }

        @Override
        public void onConnected(SrtConnection connection) {
            connected.countDown();
        }

        @Override
        public void onPayload(ByteBuf payload, long nowUs) {}

        @Override
        public void onClosed(SrtCloseReason why) {
            if (why.kind() == SrtCloseReason.Kind.REJECTED) {
                System.out.println(why.message());
            }
        }
    }
}
