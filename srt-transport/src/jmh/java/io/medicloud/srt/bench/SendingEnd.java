// SPDX-License-Identifier: Apache-2.0
package io.medicloud.srt.bench;

import io.medicloud.srt.SrtCloseReason;
import io.medicloud.srt.SrtConnection;
import io.medicloud.srt.SrtOptions;
import io.medicloud.srt.SrtSink;
import io.medicloud.srt.SrtStack;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Calls so many times, all at once or {@code -Dramp=CALLERS} a second, each from an address of its own with {@code -Dnetworks=true}, and sends a stream on each
 * connection that it gets, from the moment it has it. Its own thread wakes about as often as that of the C program it is compared with.
 */
final class SendingEnd {
    private static final byte FILLING = 0x47;
    private static final long RAMP = Long.getLong("ramp", 1_000_000);
    private static final boolean NETWORKS = Boolean.getBoolean("networks");
    private static final int MANY_STREAMS = 20;

    private static final byte[] TEMPLATE = new byte[Endpoint.PAYLOAD];

    static {
        Arrays.fill(TEMPLATE, FILLING);
    }

    private final SrtStack stack;
    private final InetSocketAddress to;
    private final SrtOptions options;
    private final double perNs;
    private final List<Stream> streams = new ArrayList<>();

    SendingEnd(SrtStack stack, int port, SrtOptions options, double mbps) {
        this.stack = stack;
        this.to = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
        this.options = options;
        perNs = mbps * 1e6 / 8 / Endpoint.PAYLOAD / 1e9;
    }

    void run(int count, double seconds) throws Exception {
        long begin = System.nanoTime();
        long pauseNs = count > MANY_STREAMS ? 2_000_000 : 1_000_000;
        for (long nowNs = begin; nowNs - begin < seconds * 1e9; nowNs = System.nanoTime()) {
            if (streams.size() < count && streams.size() <= (nowNs - begin) / 1e9 * RAMP) {
                call();
            }
            for (Stream stream : streams) {
                stream.submit(nowNs);
            }
            LockSupport.parkNanos(pauseNs);
        }
        TimeUnit.MILLISECONDS.sleep(500);
        tell();
    }

    private void call() throws IOException {
        Stream stream = new Stream();
        int i = streams.size();
        InetAddress from = InetAddress.getByAddress(new byte[] {127, (byte) (i >> 8), (byte) i, 1});
        stream.connection = NETWORKS
                ? stack.connect(new InetSocketAddress(from, 0), to, options, stream)
                : stack.connect(to, options, stream);
        streams.add(stream);
    }

    private void tell() {
        long sent = 0;
        long again = 0;
        long dropped = 0;
        long behind = 0;
        Map<String, Integer> ends = new TreeMap<>();
        for (Stream s : streams) {
            sent += s.sent;
            behind += s.due - s.sent;
            ends.merge(s.end, 1, Integer::sum);
            if (s.connection != null) {
                again += s.connection.stats().total().pktRetrans();
                dropped += s.connection.stats().total().pktSndDrop();
            }
        }
        System.out.println(
                "sent " + sent + " behind " + behind + " again " + again + " dropped " + dropped + " ends " + ends);
    }

    private final class Stream implements SrtSink {
        private @Nullable SrtConnection connection;
        private volatile long beganNs;
        private volatile String end = "none";
        private long due;
        private long sent;

        void submit(long nowNs) {
            SrtConnection to = connection;
            if (beganNs == 0 || to == null) {
                return;
            }
            due = perNs == 0 ? 0 : (long) ((nowNs - beganNs) * perNs) + 1;
            while (sent < due) {
                ByteBuf payload = PooledByteBufAllocator.DEFAULT.directBuffer(Endpoint.PAYLOAD);
                payload.writeBytes(TEMPLATE).setLongLE(0, sent).setLongLE(8, System.nanoTime());
                if (!to.send(payload)) {
                    payload.release();
                    return;
                }
                sent++;
            }
        }

        @Override
        public void onConnected(SrtConnection to) {
            beganNs = System.nanoTime();
        }

        @Override
        public void onPayload(ByteBuf payload, long nowUs) {}

        @Override
        public void onClosed(SrtCloseReason why) {
            end = why.message();
        }
    }
}
