// SPDX-License-Identifier: Apache-2.0
package io.medicloud.testdata;

import java.io.ByteArrayOutputStream;

/** Builds one PES packet (ISO/IEC 13818-1, 2.4.3.6), legal unless told otherwise. Not thread-safe. */
public final class PesBuilder {
    /** stream_id of the first video stream. */
    public static final int VIDEO = 0xE0;
    /** stream_id of the first audio stream. */
    public static final int AUDIO = 0xC0;
    /** stream_id of private_stream_1. */
    public static final int PRIVATE_1 = 0xBD;

    private static final long NO_TIME = Long.MIN_VALUE;
    private static final int LENGTH_FROM_PAYLOAD = -1;

    private final int streamId;
    private long pts = NO_TIME;
    private long dts = NO_TIME;
    private boolean aligned;
    private int length = LENGTH_FROM_PAYLOAD;
    private int headerStuffing;
    private byte[] payload = new byte[0];

    private PesBuilder(int streamId) {
        this.streamId = streamId;
    }

    public static PesBuilder of(int streamId) {
        return new PesBuilder(streamId);
    }

    /** A PTS alone, in 90 kHz ticks; written modulo 2^33. */
    public PesBuilder pts(long ticks) {
        pts = ticks;
        return this;
    }

    /** A DTS beside the PTS, in 90 kHz ticks; written modulo 2^33. */
    public PesBuilder dts(long ticks) {
        dts = ticks;
        return this;
    }

    /** Sets data_alignment_indicator. */
    public PesBuilder aligned() {
        aligned = true;
        return this;
    }

    /** PES_packet_length 0: ends where the next one starts. Legal for video alone. */
    public PesBuilder unbounded() {
        length = 0;
        return this;
    }

    /** Broken on purpose: claims this PES_packet_length. */
    public PesBuilder claimLength(int length) {
        this.length = length & 0xFFFF;
        return this;
    }

    /** Adds stuffing bytes (at most 32 in a legal one) to the header, which may so straddle transport packets. */
    public PesBuilder headerStuffing(int bytes) {
        headerStuffing = bytes;
        return this;
    }

    public PesBuilder payload(byte[] bytes) {
        payload = bytes.clone();
        return this;
    }

    /** The whole PES packet; a payload too long for PES_packet_length is written unbounded. */
    public byte[] build() {
        ByteArrayOutputStream out = new ByteArrayOutputStream(payload.length + 32);
        int times = pts == NO_TIME ? 0 : dts == NO_TIME ? 2 : 3;
        int headerData = (times == 3 ? 10 : times == 2 ? 5 : 0) + headerStuffing;
        int rest = 3 + headerData + payload.length;
        int claimed = length != LENGTH_FROM_PAYLOAD ? length : rest > 0xFFFF ? 0 : rest;
        out.writeBytes(new byte[] {0, 0, 1, (byte) streamId, (byte) (claimed >> 8), (byte) claimed});
        out.write(0x80 | (aligned ? 4 : 0));
        out.write(times << 6);
        out.write(headerData);
        if (times != 0) {
            writeTime(out, times, pts);
        }
        if (times == 3) {
            writeTime(out, 1, dts);
        }
        for (int i = 0; i < headerStuffing; i++) {
            out.write(0xFF);
        }
        out.writeBytes(payload);
        return out.toByteArray();
    }

    private static void writeTime(ByteArrayOutputStream out, int prefix, long ticks) {
        out.write((int) (prefix << 4 | (ticks >> 30 & 7) << 1 | 1));
        out.write((int) (ticks >> 22));
        out.write((int) (ticks >> 14 | 1));
        out.write((int) (ticks >> 7));
        out.write((int) (ticks << 1 | 1));
    }
}
