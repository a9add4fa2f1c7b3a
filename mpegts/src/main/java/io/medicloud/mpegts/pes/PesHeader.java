// SPDX-License-Identifier: Apache-2.0
package io.medicloud.mpegts.pes;

import io.medicloud.mpegts.packet.Pts;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;

/**
 * A view of a PES packet's header (ISO/IEC 13818-1, 2.4.3.6), whole and in one piece. What PES_header_data_length has no room for is not there,
 * whatever the flags say. Valid until the call that lends it returns.
 */
public final class PesHeader {
    /** Bytes up to and with PES_packet_length. */
    static final int FIXED = 6;
    /** Bytes up to and with PES_header_data_length. */
    static final int OPTIONAL = 9;
    /** The longest header. */
    static final int LONGEST = OPTIONAL + 255;

    private static final int PROGRAM_STREAM_MAP = 0xBC;
    private static final int PADDING_STREAM = 0xBE;
    private static final int PRIVATE_STREAM_2 = 0xBF;
    private static final int ECM_STREAM = 0xF0;
    private static final int EMM_STREAM = 0xF1;
    private static final int DSMCC_STREAM = 0xF2;
    private static final int H222_1_TYPE_E = 0xF8;
    private static final int PROGRAM_STREAM_DIRECTORY = 0xFF;

    private ByteBuf data = Unpooled.EMPTY_BUFFER;
    private int start;

    PesHeader() {}

    PesHeader wrap(ByteBuf data, int start) {
        this.data = data;
        this.start = start;
        return this;
    }

    /** Whether PES packets with this stream_id have the fields from the flags on. */
    static boolean hasOptionalFields(int streamId) {
        return switch (streamId) {
            case PROGRAM_STREAM_MAP,
                    PADDING_STREAM,
                    PRIVATE_STREAM_2,
                    ECM_STREAM,
                    EMM_STREAM,
                    DSMCC_STREAM,
                    H222_1_TYPE_E,
                    PROGRAM_STREAM_DIRECTORY -> false;
            default -> true;
        };
    }

    public int streamId() {
        return data.getUnsignedByte(start + 3);
    }

    /** PES_packet_length: the bytes behind it, or 0 if the packet ends where the next one of its PID begins. */
    public int packetLength() {
        return data.getUnsignedShort(start + 4);
    }

    /** PES_scrambling_control: 0 in the clear. */
    public int scramblingControl() {
        return hasOptionalFields() ? (data.getUnsignedByte(start + 6) >>> 4) & 3 : 0;
    }

    /** data_alignment_indicator. That it is not set proves nothing: many encoders never set it. */
    public boolean isDataAligned() {
        return hasOptionalFields() && (data.getUnsignedByte(start + 6) & 0x04) != 0;
    }

    /** The presentation time stamp as sent, in 33 bits of 90 kHz, or {@link Pts#NONE}. */
    public long pts() {
        boolean there =
                hasOptionalFields() && (data.getUnsignedByte(start + 7) & 0x80) != 0 && dataLength() >= Pts.LENGTH;
        return there ? Pts.read(data, start + OPTIONAL) : Pts.NONE;
    }

    /** The decoding time stamp as sent; the presentation time stamp if it has none of its own (2.4.3.7). */
    public long dts() {
        boolean there = hasOptionalFields()
                && (data.getUnsignedByte(start + 7) & 0xC0) == 0xC0
                && dataLength() >= 2 * Pts.LENGTH;
        return there ? Pts.read(data, start + OPTIONAL + Pts.LENGTH) : pts();
    }

    /** Bytes of the whole header: the elementary stream begins behind them. */
    public int length() {
        return hasOptionalFields() ? OPTIONAL + dataLength() : FIXED;
    }

    /** Bytes of elementary stream behind the header, or 0 if the packet ends where the next one of its PID begins. */
    public int bodyLength() {
        return packetLength() == 0 ? 0 : Math.max(0, packetLength() + FIXED - length());
    }

    private boolean hasOptionalFields() {
        return hasOptionalFields(streamId());
    }

    private int dataLength() {
        return data.getUnsignedByte(start + 8);
    }
}
