// SPDX-License-Identifier: Apache-2.0
package io.medicloud.mpegts.es;

import io.medicloud.mpegts.packet.Pts;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * Reads a whole video elementary stream and tells each access unit when it has ended: what it is as a random access point,
 * and in which PES packet it commences. PES packets may hold several access units, or begin within one.
 *
 * <p>Call {@link #onPesStart}, then {@link #onPesData} with its pieces; {@link #onGap} where bytes are missing;
 * {@link #finish} at the end. Any bytes may come; nothing is thrown for them. Buffers are lent. Nothing is allocated for an
 * access unit. Not thread-safe. Clauses: 14496-10 7.4.1.2; 23008-2 7.4.2.4; 13818-1 2.4.3.7.
 */
public final class AccessUnitDetector {
    /** Takes the access units in order. */
    @FunctionalInterface
    public interface Sink {
        /** An access unit has ended; the detector's accessors tell of it until this returns. */
        void onAccessUnit(AccessUnitDetector detector);
    }

    /** A PES packet in which access units commence. */
    private static final class Pes {
        private long offset;
        private long packet;
        private long pts = Pts.NONE;
        private long dts = Pts.NONE;
        private boolean claimed;

        void copy(Pes other) {
            offset = other.offset;
            packet = other.packet;
            pts = other.pts;
            dts = other.dts;
            claimed = other.claimed;
        }
    }

    private final Sink sink;
    private final AccessUnitReader reader;
    private final NalScanner scanner;
    private final Pes current = new Pes();
    private final Pes before = new Pes();
    private @Nullable VideoFormat format;
    private boolean started;

    private long packet;
    private long pts = Pts.NONE;
    private long dts = Pts.NONE;
    private boolean aligned;

    /** A detector for elementary streams of this codec. */
    public AccessUnitDetector(VideoCodec codec, Sink sink) {
        this.sink = sink;
        AccessUnitReader.Sink events = new Events();
        reader = switch (codec) {
            case H264 -> new AvcAccessUnitReader(events);
            case HEVC -> new HevcAccessUnitReader(events);
            case MPEG2 -> new Mpeg2AccessUnitReader(events);
        };
        scanner = new NalScanner(reader, codec != VideoCodec.MPEG2);
    }

    /**
     * A PES packet begins.
     *
     * @param packetNumber of the transport packet with its first byte
     * @param pesPts as sent, 33 bits of 90 kHz, or {@link Pts#NONE}
     * @param pesDts as sent, or {@link Pts#NONE}
     */
    public void onPesStart(long packetNumber, long pesPts, long pesDts) {
        before.copy(current);
        current.offset = scanner.position();
        current.packet = packetNumber;
        current.pts = pesPts;
        current.dts = pesDts;
        current.claimed = false;
        started = true;
    }

    /** The next piece of the PES packet's payload, lent, by absolute indices. Nothing is read before the first PES start. */
    public void onPesData(ByteBuf data, int from, int to) {
        if (started) {
            scanner.scan(data, from, to);
        }
    }

    /** Bytes are missing here: the access unit at hand has ended, and what follows up to the next start code is its rest. */
    public void onGap() {
        reader.finish();
        scanner.abandon();
    }

    /** The stream has ended. */
    public void finish() {
        reader.finish();
    }

    /** What the last sequence parameter set, or sequence header, says; null before there was one. */
    public @Nullable VideoFormat format() {
        return format;
    }

    /** Whether most pictures so far are fields or interlaced frames; as the format says, if no picture says anything. */
    public boolean isInterlaced() {
        long interlaced = reader.interlacedPictures();
        long progressive = reader.progressivePictures();
        boolean mayInterlace = format != null && format.mayInterlace();
        return mayInterlace && (interlaced + progressive == 0 || interlaced > progressive);
    }

    /** Pictures so far, with the one at hand, that are one field of a frame (H.264, field_pic_flag): two of them are a frame. */
    public long fieldPictures() {
        return reader.fieldPictures();
    }

    /** What the access unit is as a random access point. */
    public RandomAccess kind() {
        return reader.kind();
    }

    /** Whether it brings its parameter sets. */
    public boolean hasParameterSets() {
        return reader.hasParameterSets();
    }

    /** Whether it begins at its PES packet's first payload byte, but for zero bytes. */
    public boolean isAligned() {
        return aligned;
    }

    /** The transport packet in which its PES packet begins. */
    public long packet() {
        return packet;
    }

    /** Its PTS as sent: that of its PES packet if it is the first that commences there, else {@link Pts#NONE} (2.4.3.7). */
    public long pts() {
        return pts;
    }

    /** Its DTS as sent, on the same terms. */
    public long dts() {
        return dts;
    }

    private final class Events implements AccessUnitReader.Sink {
        @Override
        public void onAccessUnitStart(AccessUnitReader unit) {
            Pes pes = unit.start() >= current.offset ? current : before;
            packet = pes.packet;
            pts = pes.claimed ? Pts.NONE : pes.pts;
            dts = pes.claimed ? Pts.NONE : pes.dts;
            pes.claimed = true;
            aligned = unit.isWhole() && unit.leadingZeros() <= pes.offset;
        }

        @Override
        public void onAccessUnitEnd(AccessUnitReader unit) {
            sink.onAccessUnit(AccessUnitDetector.this);
        }

        @Override
        public void onFormat(VideoFormat newFormat) {
            format = newFormat;
        }
    }
}
