// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.loadtest;

import io.medicloud.mpegts.packet.TsPacket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What one encoder sends: any packet of it can be written again, at any time, from its number alone. One thread sends and says so; any may ask.
 */
final class SentStream {
    /** A number's bytes have their high bit set: seven bits each. */
    private static final int NUMBER_BYTES = 9;

    private static final int LABEL_BYTES = 2 * NUMBER_BYTES;
    private static final long SHIFT_TICKS = 90_000L * 3_607;

    private final long run;
    private final int number;
    private final MediaLoop loop;
    private final List<Session> sessions = new CopyOnWriteArrayList<>();
    private final AtomicLong sentPackets = new AtomicLong();

    /** From a packet on, packets are due at the loop's times and this. */
    private record Session(long firstPacket, long baseUs) {}

    private final MediaLoop.Labels labels = new MediaLoop.Labels() {
        @Override
        public void write(long packet, byte[] out, int at) {
            new Stamp(run, number, packet, dueUs(packet)).write(out, at);
        }

        @Override
        public void label(long packet, byte[] out, int at) {
            putNumber(number, out, at);
            putNumber(packet, out, at + LABEL_BYTES - NUMBER_BYTES);
        }
    };

    /**
     * @param run which load test
     * @param number which stream of it
     */
    SentStream(long run, int number, MediaLoop loop) {
        this.run = run;
        this.number = number;
        this.loop = loop;
    }

    int number() {
        return number;
    }

    long run() {
        return run;
    }

    /** The next packet is due now, and those behind it in their time: the stream begins, or goes on after a break. */
    void resume(long nowUs) {
        sessions.add(new Session(sentPackets(), nowUs - loop.timeUs(sentPackets())));
    }

    /** So many more packets were given to the connection. */
    void sent(int packets) {
        sentPackets.addAndGet(packets);
    }

    /** How many were. */
    long sentPackets() {
        return sentPackets.get();
    }

    /** When a packet is due, or was. Only after {@link #resume}. */
    long dueUs(long packet) {
        for (int i = sessions.size() - 1; i > 0; i--) {
            if (sessions.get(i).firstPacket() <= packet) {
                return sessions.get(i).baseUs() + loop.timeUs(packet);
            }
        }
        return sessions.get(0).baseUs() + loop.timeUs(packet);
    }

    /** Whether the stream was begun or went on with this packet. */
    boolean isSessionStart(long packet) {
        return sessions.stream().anyMatch(session -> session.firstPacket() == packet);
    }

    /** Writes packets, one behind the other. */
    void write(long firstPacket, int packets, byte[] out) {
        for (int i = 0; i < packets; i++) {
            loop.write(firstPacket + i, number * SHIFT_TICKS, labels, out, i * TsPacket.SIZE);
        }
    }

    /** The loop that it is of. */
    MediaLoop loop() {
        return loop;
    }

    private static void putNumber(long value, byte[] out, int at) {
        for (int i = 0; i < NUMBER_BYTES; i++) {
            out[at + i] = (byte) (0x80 | (value >>> (7 * i)));
        }
    }
}
