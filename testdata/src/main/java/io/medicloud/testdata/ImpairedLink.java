// SPDX-License-Identifier: Apache-2.0
package io.medicloud.testdata;

import java.util.PriorityQueue;
import java.util.Random;
import java.util.SplittableRandom;

/**
 * One direction of a bad network, on virtual time: what goes in comes out late, out of order, twice, damaged, or never, and always the same for
 * one seed. Not thread-safe.
 */
public final class ImpairedLink {
    private Impairment impairment;
    private final long seed;
    private final Random random;
    private final PriorityQueue<InFlight> inFlight = new PriorityQueue<>();
    private long order;
    private long freeUs;
    private boolean inBurst;
    private long sent;
    private long lost;
    private long duplicated;
    private long damaged;

    public ImpairedLink(Impairment impairment, long seed) {
        this.impairment = impairment;
        this.seed = seed;
        random = new Random(seed);
    }

    /** The network gets better or worse from now on; what is under way is not touched. */
    public void become(Impairment other) {
        impairment = other;
    }

    /** Takes what comes out of the link. */
    @FunctionalInterface
    public interface Exit {
        /** A datagram arrived; the bytes are yours. */
        void takeDatagram(byte[] datagram, long nowUs);
    }

    private record InFlight(long dueUs, long order, Datagram datagram) implements Comparable<InFlight> {
        @Override
        public int compareTo(InFlight other) {
            int byTime = Long.compare(dueUs, other.dueUs);
            return byTime != 0 ? byTime : Long.compare(order, other.order);
        }
    }

    @SuppressWarnings("ArrayRecordComponent") // only carried
    private record Datagram(byte[] bytes) {}

    /** Sends a datagram; the link keeps the array. */
    public void send(byte[] datagram, long nowUs) {
        sent++;
        if (isLost(nowUs)) {
            lost++;
            return;
        }
        long departUs = depart(datagram.length, nowUs);
        if (departUs < 0) {
            lost++;
            return;
        }
        enqueue(damage(datagram), departUs);
        if (random.nextDouble() < impairment.duplication()) {
            duplicated++;
            enqueue(datagram.clone(), departUs);
        }
    }

    /**
     * Sends a datagram whose fate depends on the seed and on {@code identity} alone, not on what was sent before, except for bursts and the bottleneck's
     * queue: two programs that send the same thing lose the same of it.
     */
    public void send(byte[] datagram, long identity, long nowUs) {
        random.setSeed(new SplittableRandom(seed * 0x9E37_79B9_7F4A_7C15L + identity).nextLong());
        send(datagram, nowUs);
    }

    /** Sends a datagram that arrives whole and after the delay, whatever the others suffer. */
    public void sendSafely(byte[] datagram, long nowUs) {
        sent++;
        inFlight.add(new InFlight(nowUs + impairment.delayUs(), order++, new Datagram(datagram)));
    }

    /** Hands out everything that has arrived by now, in the order of arrival. */
    public void deliver(long nowUs, Exit exit) {
        for (InFlight next = inFlight.peek(); next != null && next.dueUs() <= nowUs; next = inFlight.peek()) {
            inFlight.remove();
            exit.takeDatagram(next.datagram().bytes(), nowUs);
        }
    }

    /** When the next datagram comes out, or {@link Long#MAX_VALUE}. */
    public long nextDueUs() {
        InFlight next = inFlight.peek();
        return next == null ? Long.MAX_VALUE : next.dueUs();
    }

    private boolean isLost(long nowUs) {
        for (Impairment.Blackout blackout : impairment.blackouts()) {
            if (nowUs >= blackout.fromUs() && nowUs < blackout.toUs()) {
                return true;
            }
        }
        if (inBurst) {
            inBurst = random.nextDouble() >= 1 / impairment.burstLength();
        } else {
            inBurst = random.nextDouble() < impairment.burstRate();
        }
        return inBurst || random.nextDouble() < impairment.loss();
    }

    /** When the bottleneck has sent it, or -1 if its queue is full. */
    private long depart(int length, long nowUs) {
        if (impairment.bitsPerSecond() == 0) {
            return nowUs;
        }
        long waitUs = Math.max(0, freeUs - nowUs);
        if (waitUs > impairment.queueUs()) {
            return -1;
        }
        freeUs = nowUs + waitUs + (length + 28) * 8_000_000L / impairment.bitsPerSecond();
        return freeUs;
    }

    private void enqueue(byte[] datagram, long departUs) {
        long jitterUs = impairment.jitterUs() == 0 ? 0 : random.nextLong(impairment.jitterUs());
        inFlight.add(new InFlight(departUs + impairment.delayUs() + jitterUs, order++, new Datagram(datagram)));
    }

    private byte[] damage(byte[] datagram) {
        if (random.nextDouble() < impairment.damage() && datagram.length > 0) {
            damaged++;
            int bit = random.nextInt(8 * datagram.length);
            datagram[bit / 8] ^= (byte) (1 << bit % 8);
        }
        return datagram;
    }

    public long sent() {
        return sent;
    }

    public long lost() {
        return lost;
    }

    public long duplicated() {
        return duplicated;
    }

    public long damaged() {
        return damaged;
    }
}
