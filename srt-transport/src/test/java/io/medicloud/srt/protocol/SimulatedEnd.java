// SPDX-License-Identifier: Apache-2.0
package io.medicloud.srt.protocol;

import io.medicloud.srt.SrtCloseReason;
import io.medicloud.testdata.ImpairedLink;
import io.netty.buffer.ByteBuf;
import java.util.Arrays;
import java.util.BitSet;

/** One end of a {@link Simulation}: what it submits, and what is delivered to it. */
final class SimulatedEnd implements SessionOutput {
    private final Simulation simulation;
    private final ImpairedLink link;
    private final double rate;
    SrtSession session;
    SrtCloseReason closed;
    long submitted;
    long refused;
    long delivered;
    long outOfOrder;
    long damaged;
    long longestGap;
    long longestSilenceUs;
    long next;
    long latestUs;
    long earliestUs = Long.MAX_VALUE;
    private final BitSet seen = new BitSet();
    private long lastPayloadUs;
    private long counted;
    final long[] lateness = new long[1000];
    private long streamFromUs;
    private long streamed;
    private long stoppedUntilUs;

    SimulatedEnd(Simulation simulation, ImpairedLink link, double rate) {
        this.simulation = simulation;
        this.link = link;
        this.rate = rate;
    }

    /** This side's own clock. */
    long clock(long atUs) {
        return (long) (atUs * rate);
    }

    /** Does nothing until then, as a process that is stopped; what arrives waits in its socket. */
    void stopUntil(long us) {
        stoppedUntilUs = us;
    }

    boolean isStopped(long atUs) {
        return atUs < stoppedUntilUs;
    }

    void beginStream(long atUs) {
        streamFromUs = atUs;
        streamed = 0;
    }

    void submitDue(long atUs, int packetsPerSecond) {
        while (streamFromUs + streamed * 1_000_000L / packetsPerSecond <= atUs) {
            streamed++;
            submit(atUs);
        }
    }

    private void submit(long atUs) {
        ByteBuf payload = simulation.allocator.heapBuffer(Simulation.PAYLOAD);
        payload.writeLong(submitted).writeLong(atUs);
        payload.writeLong(~submitted).writeZero(Simulation.PAYLOAD - 24);
        if (session.send(payload, clock(atUs), clock(atUs))) {
            submitted++;
        } else {
            refused++;
            payload.release();
        }
    }

    @Override
    public void onDatagram(ByteBuf datagram) {
        byte[] bytes = new byte[datagram.readableBytes()];
        datagram.getBytes(datagram.readerIndex(), bytes);
        link.send(bytes, simulation.nowUs());
    }

    @Override
    public void onPayload(ByteBuf payload, long atUs) {
        longestSilenceUs = Math.max(longestSilenceUs, lastPayloadUs == 0 ? 0 : simulation.nowUs() - lastPayloadUs);
        lastPayloadUs = simulation.nowUs();
        int at = payload.readerIndex();
        long number = payload.getLong(at);
        if (payload.readableBytes() != Simulation.PAYLOAD || payload.getLong(at + 16) != ~number) {
            damaged++;
            return;
        }
        delivered++;
        seen.set((int) number);
        longestGap = Math.max(longestGap, number - next);
        if (number < next) {
            outOfOrder++;
        }
        next = Math.max(next, number + 1);
        long latencyUs = simulation.nowUs() - payload.getLong(at + 8);
        latestUs = Math.max(latestUs, latencyUs);
        earliestUs = Math.min(earliestUs, latencyUs);
        counted++;
        lateness[(int) Math.max(0, Math.min(lateness.length - 1, latencyUs / 1000))]++;
    }

    /** How many payloads of those numbers did not arrive undamaged. */
    long missing(long from, long to) {
        return to - from - seen.get((int) from, (int) to).cardinality();
    }

    /** Measures the latency anew. */
    void forgetLatency() {
        Arrays.fill(lateness, 0);
        counted = 0;
        latestUs = 0;
        earliestUs = Long.MAX_VALUE;
    }

    /** The latency in milliseconds that this share of the payloads did not exceed. */
    int percentileMs(double share) {
        long count = 0;
        for (int i = 0; i < lateness.length; i++) {
            count += lateness[i];
            if (count >= share * counted) {
                return i + 1;
            }
        }
        return lateness.length;
    }

    @Override
    public void onBatchEnd(long atUs) {}

    @Override
    public void onWritable() {}

    @Override
    public void onClosed(SrtCloseReason why) {
        closed = why;
    }
}
