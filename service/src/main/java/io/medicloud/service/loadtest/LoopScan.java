// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.loadtest;

import io.medicloud.mpegts.packet.AdaptationField;
import io.medicloud.mpegts.packet.Pcr;
import io.medicloud.mpegts.packet.TsPacket;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.HashMap;
import java.util.Map;

/** Reads the piece of which a {@link MediaLoop} is made: where its clocks and counters stand, and when each packet is due. */
final class LoopScan {
    private static final int STAMP_EVERY_TICKS = 27_000_000 / 25;
    private static final int LONGEST_STEP = 27_000_000;
    private static final int LAST_TABLE_PID = 0x1F;
    private static final int NULL_PID = 0x1FFF;
    private static final int PES_TIMES = 9;
    /** A start code, and a NAL unit of the type that the synthetic encoder fills with. */
    private static final int FILL_START = 0x0000_011F;

    private static final int PTS_LENGTH = 5;

    private final byte[] piece;
    private final ByteBuf data;
    private final int count;
    private final int clockPid;
    private final int mapPid;
    private final byte[] packets;
    private final byte[] kinds;
    private final byte[] laps;
    private final short[] pts;
    private final short[] dts;
    private final long[] dueUs;
    private long ticks;
    private boolean isInFill;

    private LoopScan(byte[] piece) {
        this.piece = piece;
        data = Unpooled.wrappedBuffer(piece);
        count = piece.length / TsPacket.SIZE;
        clockPid = clockPid();
        mapPid = findMapPid();
        boolean[] isStamped = stampPlaces();
        int all = count;
        for (boolean stamped : isStamped) {
            all += stamped ? 1 : 0;
        }
        packets = new byte[all * TsPacket.SIZE];
        kinds = new byte[all];
        laps = new byte[all];
        pts = new short[all];
        dts = new short[all];
        dueUs = new long[all];
        lay(isStamped);
        time();
    }

    /**
     * Reads a piece.
     *
     * @param piece whole packets of 188 bytes, with a clock (PCR) that does not jump
     * @throws IllegalArgumentException if it is something else; the message says what
     */
    static MediaLoop read(byte[] piece) {
        if (piece.length == 0 || piece.length % TsPacket.SIZE != 0) {
            throw new IllegalArgumentException(piece.length + " bytes are not whole packets of 188");
        }
        for (int at = 0; at < piece.length; at += TsPacket.SIZE) {
            if (piece[at] != TsPacket.SYNC_BYTE) {
                throw new IllegalArgumentException("no transport stream of 188-byte packets: no sync byte at " + at);
            }
        }
        return new MediaLoop(new LoopScan(piece));
    }

    private int header(int packet) {
        return data.getInt(packet * TsPacket.SIZE);
    }

    private long pcr(int packet) {
        return AdaptationField.pcr(data, packet * TsPacket.SIZE, header(packet));
    }

    private int clockPid() {
        for (int i = 0; i < count; i++) {
            if (pcr(i) != Pcr.NONE) {
                return TsPacket.pid(header(i));
            }
        }
        throw new IllegalArgumentException("has no clock (PCR) to go by");
    }

    private boolean isClock(int packet) {
        return TsPacket.pid(header(packet)) == clockPid && pcr(packet) != Pcr.NONE;
    }

    private boolean[] stampPlaces() {
        boolean[] places = new boolean[count];
        long last = Pcr.NONE;
        for (int i = 0; i < count; i++) {
            if (isClock(i) && (last == Pcr.NONE || Pcr.distance(last, pcr(i)) >= STAMP_EVERY_TICKS)) {
                places[i] = true;
                last = pcr(i);
            }
        }
        return places;
    }

    private void lay(boolean[] isStamped) {
        Map<Integer, Integer> counted = new HashMap<>();
        int to = 0;
        for (int i = 0; i < count; i++) {
            if (isStamped[i]) {
                kinds[to++] = (byte) MediaLoop.kind(false, true, false, false, true);
            }
            int header = header(i);
            System.arraycopy(piece, i * TsPacket.SIZE, packets, to * TsPacket.SIZE, TsPacket.SIZE);
            if ((header & TsPacket.PAYLOAD) != 0) {
                counted.merge(TsPacket.pid(header), 1, Integer::sum);
            }
            findTimes(i, to);
            kinds[to++] = (byte) kind(i);
        }
        for (int i = 0; i < kinds.length; i++) {
            int pid = (packets[i * TsPacket.SIZE + 1] & 0x1F) << 8 | (packets[i * TsPacket.SIZE + 2] & 0xFF);
            laps[i] = (byte) (pid == NULL_PID ? 0 : counted.getOrDefault(pid, 0) & 0x0F);
        }
    }

    private int kind(int packet) {
        int header = header(packet);
        int pid = TsPacket.pid(header);
        int start = packet * TsPacket.SIZE;
        boolean isRandomAccess = AdaptationField.isRandomAccess(data, start, header) && pid == clockPid;
        boolean isClockAlone = (header & TsPacket.PAYLOAD) == 0;
        boolean isService = pid <= LAST_TABLE_PID || pid == NULL_PID || isClockAlone || pid == mapPid;
        return MediaLoop.kind(pcr(packet) != Pcr.NONE, false, isFill(start, header), isRandomAccess, isService);
    }

    private int findMapPid() {
        for (int i = 0; i < count; i++) {
            int header = header(i);
            // One section, one program behind its number: what our pieces have.
            if (TsPacket.pid(header) == 0 && (header & TsPacket.UNIT_START) != 0) {
                int program = TsPacket.payloadStart(data, i * TsPacket.SIZE, header) + 9;
                return data.getUnsignedShort(program + 2) & 0x1FFF;
            }
        }
        return -1;
    }

    /** Whether the packet holds nothing but a picture's filling, which is behind its start code and is bytes above 7F. Asked of each packet, in order. */
    private boolean isFill(int start, int header) {
        if (TsPacket.pid(header) != clockPid || (header & TsPacket.PAYLOAD) == 0) {
            return false;
        }
        boolean isBehind = isInFill && (header & (TsPacket.ADAPTATION | TsPacket.UNIT_START)) == 0;
        isInFill &= (header & TsPacket.UNIT_START) == 0;
        boolean isHigh = true;
        for (int i = start + TsPacket.HEADER; i < start + TsPacket.SIZE; i++) {
            isHigh &= piece[i] < 0;
            isInFill |= i + 3 < start + TsPacket.SIZE && data.getInt(i) == FILL_START;
        }
        return isBehind && isHigh;
    }

    private void findTimes(int packet, int to) {
        int header = header(packet);
        int start = packet * TsPacket.SIZE;
        int pes = TsPacket.payloadStart(data, start, header) - start;
        boolean isPes = (header & TsPacket.UNIT_START) != 0
                && pes + PES_TIMES + 2 * PTS_LENGTH <= TsPacket.SIZE
                && data.getUnsignedMedium(start + pes) == 1;
        if (isPes) {
            int times = data.getUnsignedByte(start + pes + 7) >> 6;
            pts[to] = (short) (times >= 2 ? pes + PES_TIMES : 0);
            dts[to] = (short) (times == 3 ? pes + PES_TIMES + PTS_LENGTH : 0);
        }
    }

    /** Between two clock references packets are due at an even rate (2.4.2.2); behind the last at that of the interval before. */
    private void time() {
        long first = Pcr.NONE;
        long lastTime = 0;
        int last = 0;
        int intervals = 0;
        ByteBuf laid = Unpooled.wrappedBuffer(packets);
        for (int i = 0; i < kinds.length; i++) {
            int header = laid.getInt(i * TsPacket.SIZE);
            long pcr =
                    TsPacket.pid(header) == clockPid ? AdaptationField.pcr(laid, i * TsPacket.SIZE, header) : Pcr.NONE;
            if (pcr == Pcr.NONE) {
                continue;
            }
            if (first == Pcr.NONE) {
                first = pcr;
            } else {
                long time = Pcr.distance(first, pcr);
                if (time < lastTime || time - lastTime > LONGEST_STEP) {
                    throw new IllegalArgumentException("its clock (PCR) jumps at packet " + i);
                }
                spread(last, i, lastTime, time);
                lastTime = time;
                intervals++;
            }
            last = i;
        }
        if (intervals == 0 || lastTime == 0) {
            throw new IllegalArgumentException("has one clock reference alone (PCR)");
        }
        long end = lastTime + lastTime / intervals;
        spread(last, kinds.length, lastTime, end);
        ticks = Math.max(1, end / 300);
    }

    private void spread(int from, int to, long fromTime, long toTime) {
        for (int i = from; i < to; i++) {
            dueUs[i] = (fromTime + (toTime - fromTime) * (i - from) / (to - from)) / 27;
        }
    }

    byte[] packets() {
        return packets;
    }

    byte[] kinds() {
        return kinds;
    }

    byte[] laps() {
        return laps;
    }

    short[] pts() {
        return pts;
    }

    short[] dts() {
        return dts;
    }

    long[] dueUs() {
        return dueUs;
    }

    int mapPid() {
        return mapPid;
    }

    long ticks() {
        return ticks;
    }
}
