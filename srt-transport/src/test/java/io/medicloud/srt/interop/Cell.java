// SPDX-License-Identifier: Apache-2.0
package io.medicloud.srt.interop;

import io.medicloud.srt.SrtMode;
import io.medicloud.srt.interop.Program.Place;
import io.medicloud.srt.interop.Program.Terms;
import io.medicloud.testdata.Impairment;
import io.medicloud.testdata.UdpRelay;
import java.io.IOException;
import java.net.BindException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * One stream from one program to another, over a network of which we decide how bad it is.
 *
 * @param receiverMode LISTENER: the sender calls; CALLER: the receiver does; RENDEZVOUS: over a network without impairment
 * @param network both ways
 * @param seed of the network's misfortunes
 */
record Cell(
        Program sender,
        Program receiver,
        SrtMode receiverMode,
        Terms terms,
        Impairment network,
        long seed,
        int seconds,
        double mbps) {
    /** The last messages do not count: whether they are missed shows only by what follows. */
    private static final int TAIL = 40;

    private static final Duration CONNECTING = Duration.ofSeconds(15);
    private static final long SETTLING_MS = 300;
    private static final long DRAINING_MS = 1_000;
    private static final int FIRST_PORT = 15_000;
    private static final int PORTS = 5_000;
    private static final AtomicInteger NEXT_PORT =
            new AtomicInteger(ThreadLocalRandom.current().nextInt(PORTS));

    /**
     * What came of it.
     *
     * @param sent messages that count
     * @param missing of them
     * @param wrong packets damaged, repeated or out of order
     * @param retransmitted data packets of those on the way that were not the first of their kind, as a share of all messages
     * @param latestMs how far the machine was behind: far more than nothing makes a figure worthless
     * @param relayDrops what the system discarded at the relay's own sockets: more than nothing makes a figure worthless
     * @param drops what it discarded at the ends' sockets
     * @param trouble empty if it went as it should
     * @param account where something is missing, and what the stacks say
     */
    record Outcome(
            int sent,
            int missing,
            int wrong,
            double retransmitted,
            long latestMs,
            long relayDrops,
            long drops,
            String trouble,
            String account) {
        static Outcome failed(String trouble) {
            return new Outcome(0, 0, 0, 0, 0, 0, 0, trouble, "");
        }

        boolean isWhole() {
            return trouble.isEmpty() && missing == 0 && wrong == 0;
        }

        double deliveredPercent() {
            return sent == 0 ? 0 : 100.0 * (sent - missing) / sent;
        }
    }

    Cell withSeed(long other) {
        return new Cell(sender, receiver, receiverMode, terms, network, other, seconds, mbps);
    }

    Outcome run() throws IOException, InterruptedException {
        if (receiverMode == SrtMode.RENDEZVOUS) {
            int here = freePort();
            int there = freePort();
            try (CellEnd first = open(receiver, false, new Place(SrtMode.RENDEZVOUS, here, there));
                    CellEnd second = open(sender, true, new Place(SrtMode.RENDEZVOUS, there, here))) {
                return run(second, first, new Wire(), null);
            }
        }
        int port = freePort();
        Wire wire = new Wire();
        Place listening = new Place(SrtMode.LISTENER, port, 0);
        boolean receiverListens = receiverMode == SrtMode.LISTENER;
        try (CellEnd listener = open(receiverListens ? receiver : sender, !receiverListens, listening);
                UdpRelay relay = UdpRelay.to(loopback(port), network, network, seed, wire);
                CellEnd caller = open(
                        receiverListens ? sender : receiver,
                        receiverListens,
                        new Place(SrtMode.CALLER, 0, relay.address().getPort()))) {
            return receiverListens ? run(caller, listener, wire, relay) : run(listener, caller, wire, relay);
        }
    }

    private Outcome run(CellEnd from, CellEnd to, Wire wire, @Nullable UdpRelay relay)
            throws IOException, InterruptedException {
        int messages = (int) (mbps * 1e6 / 8 / NumberedStream.MESSAGE * seconds);
        try {
            await(
                    CONNECTING,
                    () -> (from.isConnected() || !sender.isStack())
                            && (to.isConnected() || !receiver.isStack())
                            && (sender.isStack() || receiver.isStack() || wire.isConcluded()));
        } catch (ConditionTimeoutException e) {
            return Outcome.failed("no connection " + from.trouble() + ' ' + to.trouble());
        }
        long begunNs = System.nanoTime() + SETTLING_MS * 1_000_000;
        int sent = from.sentAhead();
        try {
            for (; sent < messages; sent++) {
                waitUntil(begunNs + (long) (8_000.0 * NumberedStream.MESSAGE * sent / mbps));
                from.send(NumberedStream.message(sent));
            }
        } catch (IOException e) {
            return Outcome.failed("the sender took no more: " + from.trouble() + ' ' + to.trouble());
        }
        try {
            int all = messages * NumberedStream.MESSAGE;
            await(Duration.ofMillis(terms.latencyMs() + DRAINING_MS), () -> to.received() >= all);
        } catch (ConditionTimeoutException e) {
            // Some is missing, or will come when the receiver ends.
        }
        String trouble = from.trouble() + to.trouble();
        long relayDrops = relay == null ? 0 : relay.ownDrops();
        long drops = relay == null ? 0 : relay.drops();
        String account = from.account() + to.account();
        from.finish();
        NumberedStream.Tally tally = NumberedStream.compare(to.finish(), messages, TAIL);
        return new Outcome(
                messages - TAIL,
                tally.missing(),
                tally.wrong(),
                (double) wire.retransmitted() / messages,
                relay == null ? 0 : relay.latestUs() / 1000,
                relayDrops,
                drops,
                trouble + tally.firstFault(),
                tally.missing() == 0 ? "" : "missing " + tally.missed() + account);
    }

    private static void await(Duration atMost, java.util.concurrent.Callable<Boolean> condition) {
        Awaitility.await().atMost(atMost).pollInterval(Duration.ofMillis(5)).until(condition);
    }

    private static void waitUntil(long ns) {
        for (long left = ns - System.nanoTime(); left > 0; left = ns - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
    }

    private CellEnd open(Program program, boolean sends, Place place) throws IOException {
        return program.isStack() ? StackEnd.open(program, place, terms) : ProgramEnd.open(program, sends, place, terms);
    }

    private static InetSocketAddress loopback(int port) {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    }

    /** A port that nobody holds, below those that the system gives out by itself to the sockets of the other cells. */
    private static int freePort() throws IOException {
        BindException taken = null;
        for (int tried = 0; tried < PORTS; tried++) {
            int port = FIRST_PORT + Math.floorMod(NEXT_PORT.getAndIncrement(), PORTS);
            try (DatagramSocket socket = new DatagramSocket(loopback(port))) {
                return socket.getLocalPort();
            } catch (BindException e) {
                taken = e; // somebody's
            }
        }
        throw new IOException("no port from " + FIRST_PORT + " on is free", taken);
    }
}
