// SPDX-License-Identifier: Apache-2.0
package io.medicloud.testdata;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Writes a transport stream (ISO/IEC 13818-1), legal or broken on purpose, into memory. Keeps the continuity counters
 * of all PIDs. Not thread-safe.
 */
public final class TsWriter {
    /** PID of null packets. */
    public static final int NULL_PID = 0x1FFF;
    /** PID of the PAT. */
    public static final int PAT_PID = 0;
    /** PID of the SDT. */
    public static final int SDT_PID = 0x11;

    /** What fills the last packet of a section. */
    public enum Fill {
        /** Bytes FF behind the last section, as broadcast muxers do. */
        BEHIND,
        /** Adaptation field stuffing in front, as some packagers do. */
        ADAPTATION_FIELD
    }

    private final PacketFormat format;
    private final int[] lastCounter = new int[0x2000];
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private byte[] last = new byte[0];
    private long packets;

    public TsWriter() {
        this(PacketFormat.TS_188);
    }

    public TsWriter(PacketFormat format) {
        this.format = format;
        Arrays.fill(lastCounter, 15);
    }

    /** Writes a packet; its continuity counter is the one due on its PID unless it brings its own. */
    public TsWriter packet(PacketBuilder packet) {
        int pid = packet.pid();
        byte[] bytes = packet.build(packet.hasPayload() ? lastCounter[pid] + 1 & 15 : lastCounter[pid]);
        lastCounter[pid] = bytes[3] & 15;
        return raw188(bytes);
    }

    /** Writes sections back to back on a PID, over as many packets as it takes, the rest of the last one filled. */
    public TsWriter sections(int pid, Fill fill, byte[]... sections) {
        byte[] all = concat(sections);
        int[] starts = starts(sections);
        int at = 0;
        while (at < all.length) {
            int first = nextStart(starts, at);
            boolean starting = first >= 0 && first - at <= PacketBuilder.SIZE - PacketBuilder.HEADER - 2;
            int room = PacketBuilder.SIZE - PacketBuilder.HEADER - (starting ? 1 : 0);
            int end = Math.min(all.length, at + room);
            // A section may not start in a packet that has no pointer_field.
            if (!starting && first >= 0) {
                end = Math.min(end, first);
            }
            ByteArrayOutputStream payload = new ByteArrayOutputStream();
            if (starting) {
                payload.write(first - at);
            }
            payload.write(all, at, end - at);
            while (fill == Fill.BEHIND && payload.size() < PacketBuilder.SIZE - PacketBuilder.HEADER) {
                payload.write(0xFF);
            }
            PacketBuilder packet = PacketBuilder.of(pid).payload(payload.toByteArray());
            packet(starting ? packet.payloadUnitStart() : packet);
            at = end;
        }
        return this;
    }

    /** Writes one section on a PID, filled behind. */
    public TsWriter section(int pid, byte[] section) {
        return sections(pid, Fill.BEHIND, section);
    }

    public TsWriter pat(int transportStreamId, Sections.Program... programs) {
        return section(PAT_PID, Sections.pat(transportStreamId, 0, programs));
    }

    public TsWriter pmt(int pmtPid, int programNumber, int pcrPid, Sections.Stream... streams) {
        return section(pmtPid, Sections.pmt(programNumber, 0, pcrPid, streams));
    }

    /** Writes a PES packet over as many packets as it takes. */
    public TsWriter pes(int pid, PesBuilder pes) {
        return pes(pid, pes, null);
    }

    /** Writes a PES packet; {@code first} is the adaptation field of its first packet. */
    public TsWriter pes(int pid, PesBuilder pes, @Nullable AdaptationField first) {
        byte[] bytes = pes.build();
        int at = Math.min(bytes.length, PacketBuilder.room(first));
        packet(PacketBuilder.of(pid).payloadUnitStart().adaptationField(first).payload(Arrays.copyOf(bytes, at)));
        while (at < bytes.length) {
            int end = Math.min(bytes.length, at + PacketBuilder.room(null));
            packet(PacketBuilder.of(pid).payload(Arrays.copyOfRange(bytes, at, end)));
            at = end;
        }
        return this;
    }

    /** Writes a packet that carries nothing but a PCR, in 27 MHz ticks. */
    public TsWriter pcr(int pid, long ticks) {
        return packet(PacketBuilder.of(pid).adaptationField(new AdaptationField().pcr(ticks)));
    }

    public TsWriter nullPacket() {
        byte[] stuffing = new byte[PacketBuilder.SIZE - PacketBuilder.HEADER];
        Arrays.fill(stuffing, (byte) 0xFF);
        return packet(PacketBuilder.of(NULL_PID).counter(0).payload(stuffing));
    }

    /** Skips {@code lost} continuity counters of a PID, as if so many packets had been lost. */
    public TsWriter gap(int pid, int lost) {
        lastCounter[pid] = lastCounter[pid] + lost & 15;
        return this;
    }

    /** Writes the last packet once more, as 2.4.3.3 allows once. */
    public TsWriter duplicate() {
        return raw188(last);
    }

    /** Writes the last packet once more after {@code change} was applied to a copy of its 188 bytes. */
    public TsWriter changedCopy(Consumer<byte[]> change) {
        byte[] copy = last.clone();
        change.accept(copy);
        return raw188(copy);
    }

    /** Writes bytes as they are, framed as a packet if they are 188 and as junk otherwise. */
    public TsWriter raw(byte[] bytes) {
        if (bytes.length == PacketBuilder.SIZE) {
            return raw188(bytes);
        }
        out.writeBytes(bytes);
        return this;
    }

    /** Packets written so far, also those that were drained. */
    public long packets() {
        return packets;
    }

    /** All that was written since the last {@link #drain}. */
    public byte[] toByteArray() {
        return out.toByteArray();
    }

    /** All that was written, less its last {@code bytes}. */
    public byte[] truncated(int bytes) {
        return Arrays.copyOf(out.toByteArray(), out.size() - bytes);
    }

    /** Returns what was written, and goes on with nothing but the counters. */
    public byte[] drain() {
        byte[] bytes = out.toByteArray();
        out.reset();
        return bytes;
    }

    private TsWriter raw188(byte[] packet) {
        if (format == PacketFormat.M2TS_192) {
            // As at 27 Mbit/s: one byte in eight ticks of the 27 MHz arrival clock.
            long arrival = packets * PacketBuilder.SIZE * 8 & 0x3FFF_FFFF;
            out.writeBytes(
                    new byte[] {(byte) (arrival >> 24), (byte) (arrival >> 16), (byte) (arrival >> 8), (byte) arrival});
        }
        out.writeBytes(packet);
        out.writeBytes(new byte[format.trailing()]);
        last = packet;
        packets++;
        return this;
    }

    private static byte[] concat(byte[][] pieces) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] piece : pieces) {
            all.writeBytes(piece);
        }
        return all.toByteArray();
    }

    private static int[] starts(byte[][] pieces) {
        int[] starts = new int[pieces.length];
        for (int i = 1; i < pieces.length; i++) {
            starts[i] = starts[i - 1] + pieces[i - 1].length;
        }
        return starts;
    }

    private static int nextStart(int[] starts, int from) {
        for (int start : starts) {
            if (start >= from) {
                return start;
            }
        }
        return -1;
    }
}
