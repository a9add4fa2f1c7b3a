// SPDX-License-Identifier: Apache-2.0
package io.medicloud.srt.filter;

import io.medicloud.srt.SrtPacketFilter;
import io.medicloud.srt.packet.DataPacket;
import io.medicloud.srt.packet.MsgNo;
import io.medicloud.srt.packet.SeqNo;
import io.netty.buffer.ByteBuf;

/**
 * The sending end: adds up what is sent for the first time, as it is on the wire, and says when an extra packet is to follow. A group from which a
 * packet is missing, because it was dropped before it was sent, gets none.
 */
public final class FecEncoder {
    private static final int NONE = -1;

    private final FecMatrix matrix;
    private final byte[] scratch;
    private final Sum row;
    private final Sum[] columns;
    private int lastSeqNo;
    private long lastIndex = -1;
    private int dueColumn = NONE;
    private boolean isRowDue;

    /**
     * An encoder for packets from the initial sequence number on.
     *
     * @param payloadSize longest payload of a data packet on the wire, in bytes
     */
    public FecEncoder(SrtPacketFilter filter, int initialSeqNo, int payloadSize) {
        matrix = FecMatrix.of(filter);
        scratch = new byte[ParityBlock.scratchLength(payloadSize)];
        row = new Sum(payloadSize);
        columns = new Sum[matrix.coversColumns() ? matrix.columns() : 0];
        for (int i = 0; i < columns.length; i++) {
            columns[i] = new Sum(payloadSize);
        }
        lastSeqNo = SeqNo.previous(initialSeqNo);
    }

    /** Bytes by which a packet's payload must be shorter than it could be without. */
    public static int overhead() {
        return ParityBlock.HEADER_LENGTH;
    }

    /** This packet is sent, later than all that were told before; what was due must have been written. */
    public void onSent(ByteBuf packet) {
        int seqNo = DataPacket.seqNo(packet);
        lastIndex += SeqNo.distance(lastSeqNo, seqNo);
        lastSeqNo = seqNo;
        if (matrix.coversRows()) {
            isRowDue = row.add(matrix.row(lastIndex), packet) == matrix.columns();
        }
        if (matrix.coversColumns()) {
            int column = matrix.column(lastIndex);
            long series = matrix.series(lastIndex);
            boolean isDue = series >= 0 && columns[column].add(series, packet) == matrix.columnLength();
            dueColumn = isDue ? column : NONE;
        }
    }

    /** Whether an extra packet is to be sent before the next data packet. */
    public boolean isDue() {
        return isRowDue || dueColumn != NONE;
    }

    /** Writes the next one that is due. */
    public void writeDue(ByteBuf out, int keyFlags, int destination) {
        if (dueColumn != NONE) {
            columns[dueColumn].block.writeExtra(out, dueColumn, lastSeqNo, keyFlags, MsgNo.FILTER, destination);
            dueColumn = NONE;
        } else {
            row.block.writeExtra(out, FecMatrix.ROW, lastSeqNo, keyFlags, MsgNo.FILTER, destination);
            isRowDue = false;
        }
    }

    /** The sum of the group that is being filled. */
    private final class Sum {
        final ParityBlock block;
        private long group = NONE;
        private int collected;

        Sum(int payloadSize) {
            block = new ParityBlock(payloadSize);
        }

        /** Adds a packet of this group; answers how many of it there are. */
        int add(long groupOfPacket, ByteBuf packet) {
            if (group != groupOfPacket) {
                group = groupOfPacket;
                collected = 0;
                block.clear();
            }
            block.add(packet, scratch);
            return ++collected;
        }
    }
}
