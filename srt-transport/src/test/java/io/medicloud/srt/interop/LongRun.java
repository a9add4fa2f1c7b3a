// SPDX-License-Identifier: Apache-2.0
package io.medicloud.srt.interop;

import io.medicloud.srt.SrtOptions;
import io.medicloud.srt.SrtStack;
import io.medicloud.srt.SrtStacks;
import io.medicloud.srt.SrtVerdict;
import io.medicloud.srt.packet.PacketFault;
import io.medicloud.srt.packet.SrtPacket;
import io.medicloud.testdata.Impairment;
import io.medicloud.testdata.UdpRelay;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.awaitility.Awaitility;

/**
 * A stream each way between two stacks of this process, in real time, for minutes.
 *
 * @param listener name of its stack
 * @param caller name of its stack
 * @param there what the network does to what the caller sends
 * @param back what it does to what the listener sends
 * @param driftPpm how much faster the caller's clock is, as told by its timestamps
 */
record LongRun(
        String name,
        String listener,
        String caller,
        SrtOptions options,
        Impairment there,
        Impairment back,
        double driftPpm,
        double perSecond,
        int minutes)
        implements Callable<LongRun.Outcome> {
    private static final long MINUTE_NS = 60_000_000_000L;
    private static final long SEED = 5;

    /**
     * What came of one direction.
     *
     * @param keyChanges how often its sender went over to another key
     * @param latencies of each minute
     */
    record Direction(
            String from,
            int sent,
            int arrived,
            int damaged,
            int wrong,
            int keyChanges,
            String closed,
            List<LongEnd.Latency> latencies) {}

    /** What came of both. */
    record Outcome(Direction there, Direction back) {}

    @Override
    public Outcome call() throws IOException, InterruptedException {
        LongEnd atListener = new LongEnd();
        LongEnd atCaller = new LongEnd();
        KeyChanges changesThere = new KeyChanges();
        KeyChanges changesBack = new KeyChanges();
        try (SrtStack listening = SrtStacks.select(listener).stack();
                SrtStack calling = SrtStacks.select(caller).stack()) {
            InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
            InetSocketAddress port = listening
                    .listen(any, options, request -> SrtVerdict.accept(atListener))
                    .localAddress();
            try (UdpRelay relay = UdpRelay.to(port, there, back, SEED, tap(changesThere, changesBack))) {
                calling.connect(relay.address(), options, atCaller);
                Awaitility.await()
                        .atMost(Duration.ofSeconds(20))
                        .until(() -> atListener.isConnected() && atCaller.isConnected());
                return run(atListener, atCaller, changesThere, changesBack);
            }
        }
    }

    private Outcome run(LongEnd atListener, LongEnd atCaller, KeyChanges changesThere, KeyChanges changesBack)
            throws InterruptedException {
        List<LongEnd.Latency> latenciesThere = new ArrayList<>();
        List<LongEnd.Latency> latenciesBack = new ArrayList<>();
        for (int minute = 0; minute < minutes; minute++) {
            long endNs = System.nanoTime() + MINUTE_NS;
            Thread upward = new Thread(() -> atCaller.send(perSecond, endNs), "up");
            Thread downward = new Thread(() -> atListener.send(perSecond, endNs), "down");
            upward.start();
            downward.start();
            upward.join();
            downward.join();
            latenciesThere.add(atListener.takeLatency());
            latenciesBack.add(atCaller.takeLatency());
        }
        String closedThere = String.valueOf(atCaller.closed());
        String closedBack = String.valueOf(atListener.closed());
        Awaitility.await()
                .pollDelay(Duration.ofSeconds(2)) // latency, and a last round
                .until(() -> true);
        return new Outcome(
                direction("caller", atCaller, atListener, changesThere, closedThere, latenciesThere),
                direction("listener", atListener, atCaller, changesBack, closedBack, latenciesBack));
    }

    private static Direction direction(
            String name, LongEnd from, LongEnd to, KeyChanges changes, String closed, List<LongEnd.Latency> latencies) {
        return new Direction(
                name, from.sent(), to.arrived(), to.damaged(), to.wrong(), changes.count(), closed, latencies);
    }

    private UdpRelay.Tap tap(KeyChanges changesThere, KeyChanges changesBack) {
        Wire wire = new Wire();
        return (fromCaller, datagram, nowUs) -> {
            long identity = wire.identify(fromCaller, datagram, nowUs);
            ByteBuf packet = Unpooled.wrappedBuffer(datagram);
            boolean isSound = SrtPacket.check(packet) == PacketFault.NONE;
            if (isSound && !SrtPacket.isControl(packet)) {
                (fromCaller ? changesThere : changesBack).onData(packet);
            }
            if (driftPpm != 0 && isSound) {
                double speed = 1 + (fromCaller ? driftPpm : -driftPpm) / 1e6;
                SrtPacket.setTimestamp(packet, (int) (Integer.toUnsignedLong(SrtPacket.timestamp(packet)) * speed));
            }
            return identity;
        };
    }
}
