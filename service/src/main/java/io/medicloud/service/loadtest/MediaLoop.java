// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.loadtest;

import io.medicloud.mpegts.packet.Pcr;
import io.medicloud.mpegts.packet.TsPacket;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * A piece of a transport stream that can be sent round and round: packet {@code n} of the endless stream is a pure function of {@code n}, so that whoever
 * knows the piece can tell every byte without keeping any. Clocks and counters run on from lap to lap. A {@link Stamp} has its place in front of a clock
 * reference about every 40 ms. Immutable; shared by all streams.
 */
final class MediaLoop {
    private static final int PLAIN = 0;
    private static final int CLOCK = 1;
    private static final int STAMP = 2;
    private static final int FILL = 4;
    private static final int RANDOM_ACCESS = 8;
    private static final int SERVICE = 16;
    private static final int MOST_TABLES = 1024;

    private final byte[] packets;
    private final byte[] kinds;
    private final byte[] laps;
    private final short[] pts;
    private final short[] dts;
    private final long[] dueUs;
    private final long ticks;
    private final Set<ByteBuffer> tables = new HashSet<>();
    private final boolean hasRandomAccess;

    MediaLoop(LoopScan scan) {
        packets = scan.packets();
        kinds = scan.kinds();
        laps = scan.laps();
        pts = scan.pts();
        dts = scan.dts();
        dueUs = scan.dueUs();
        ticks = scan.ticks();
        addTables(scan.mapPid());
        hasRandomAccess = IntStream.range(0, kinds.length).anyMatch(this::isRandomAccess);
    }

    /** Bits for {@link LoopScan}. */
    static int kind(boolean hasClock, boolean isStamp, boolean isFill, boolean isRandomAccess, boolean isService) {
        return (hasClock ? CLOCK : PLAIN)
                | (isStamp ? STAMP : PLAIN)
                | (isFill ? FILL : PLAIN)
                | (isRandomAccess ? RANDOM_ACCESS : PLAIN)
                | (isService ? SERVICE : PLAIN);
    }

    /** Packets of a lap. */
    int count() {
        return kinds.length;
    }

    /** Bits a second, with the stamps. */
    long bitsPerSecond() {
        return kinds.length * (long) TsPacket.SIZE * 8 * 90_000 / ticks;
    }

    /** When a packet is due, in microseconds after the first. Rises with the packet's number. */
    long timeUs(long packet) {
        return packet / count() * ticks * 100 / 9 + dueUs[(int) (packet % count())];
    }

    private void addTables(int mapPid) {
        for (int at = 0; at < packets.length && tables.size() < MOST_TABLES; at += TsPacket.SIZE) {
            int pid = (packets[at + 1] & 0x1F) << 8 | (packets[at + 2] & 0xFF);
            boolean isStamp = (kinds[at / TsPacket.SIZE] & STAMP) != 0;
            if (!isStamp && (pid == 0 || pid == mapPid)) {
                tables.add(withoutCounter(packets, at));
            }
        }
    }

    private static ByteBuffer withoutCounter(byte[] data, int at) {
        byte[] packet = Arrays.copyOfRange(data, at, at + TsPacket.SIZE);
        packet[3] &= (byte) 0xF0;
        return ByteBuffer.wrap(packet);
    }

    /** Whether a packet is one of the piece's PAT or PMT, but for its counter: what may be put in front of a segment. */
    boolean isTable(byte[] data, int at) {
        return tables.contains(withoutCounter(data, at));
    }

    /** Whether the piece says where its keyframes are. */
    boolean hasRandomAccess() {
        return hasRandomAccess;
    }

    /** Whether the packet begins a picture at which a decoder can begin. */
    boolean isRandomAccess(long packet) {
        return is(packet, RANDOM_ACCESS);
    }

    /** Whether the packet is a table, null, or a clock reference alone: what a cut takes along to the picture behind it. */
    boolean isService(long packet) {
        return is(packet, SERVICE);
    }

    private boolean is(long packet, int kind) {
        return (kinds[(int) (packet % count())] & kind) != 0;
    }

    /**
     * Writes a packet of the endless stream.
     *
     * @param shift how far the clock is ahead of the piece's, in 90 kHz ticks: each stream has another
     * @param stamp makes the stamp, where the packet is one
     */
    void write(long packet, long shift, Labels stamp, byte[] out, int at) {
        int i = (int) (packet % count());
        long lap = packet / count();
        int kind = kinds[i];
        if ((kind & STAMP) != 0) {
            stamp.write(packet, out, at);
            return;
        }
        System.arraycopy(packets, i * TsPacket.SIZE, out, at, TsPacket.SIZE);
        out[at + 3] = (byte) ((out[at + 3] & 0xF0) | ((out[at + 3] + lap * laps[i]) & 0x0F));
        long ahead = shift + lap * ticks;
        if ((kind & CLOCK) != 0) {
            Clocks.addToPcr(out, at + 6, Math.floorMod(ahead, Clocks.WRAP) * 300 % Pcr.WRAP);
        }
        if (pts[i] != 0) {
            Clocks.addToPts(out, at + pts[i], ahead);
        }
        if (dts[i] != 0) {
            Clocks.addToPts(out, at + dts[i], ahead);
        }
        if ((kind & FILL) != 0) {
            stamp.label(packet, out, at + TsPacket.HEADER);
        }
    }

    /** Writes what is another in every packet. */
    interface Labels {
        /** A stamp's packet. */
        void write(long packet, byte[] out, int at);

        /** Some bytes of filling. */
        void label(long packet, byte[] out, int at);
    }
}
