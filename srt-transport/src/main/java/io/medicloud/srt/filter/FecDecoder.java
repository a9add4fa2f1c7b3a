// SPDX-License-Identifier: Apache-2.0
package io.medicloud.srt.filter;

import io.medicloud.srt.SrtPacketFilter;
import io.medicloud.srt.packet.DataPacket;
import io.medicloud.srt.packet.MsgNo;
import io.medicloud.srt.packet.SeqNo;
import io.medicloud.srt.packet.SrtPacket;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import org.jspecify.annotations.Nullable;

/**
 * The receiving end: when all but one packet of a group and its extra packet are there, the missing one is rebuilt, which may complete the group that
 * crosses it, and so on. It remembers a few matrices; what is older is forgotten, and nothing that the peer sends makes it grow beyond that.
 */
public final class FecDecoder {
    /** A staircase's columns reach over two matrices, and chains of rebuilt packets go on from there. */
    private static final int MATRICES = 4;

    /** How much later than its group's end a packet may come, as a share of a row, before the group is given up. */
    private static final int LATE_SHARE = 3;

    private static final long NONE = -1;

    private final FecMatrix matrix;
    private final int payloadSize;
    private final ByteBufAllocator allocator;
    private final FecSink sink;
    private final byte[] scratch;
    private final FecGroups rows;
    private final FecGroups columns;
    private final PacketBits received;
    private final int patience;
    private int newestSeqNo;
    private int messageSeqNo;
    private int messageNo;
    private int destination;

    /**
     * A decoder for packets from the initial sequence number on.
     *
     * @param payloadSize longest payload of a data packet on the wire, in bytes
     */
    public FecDecoder(
            SrtPacketFilter filter, int initialSeqNo, int payloadSize, ByteBufAllocator allocator, FecSink sink) {
        matrix = FecMatrix.of(filter);
        this.payloadSize = payloadSize;
        this.allocator = allocator;
        this.sink = sink;
        scratch = new byte[ParityBlock.scratchLength(payloadSize)];
        received = new PacketBits(MATRICES * (matrix.packets() + matrix.columns()));
        int remembered = received.capacity();
        rows = new FecGroups(1, remembered / matrix.columns() + 2, matrix.columns(), payloadSize);
        columns =
                new FecGroups(matrix.columns(), remembered / matrix.packets() + 2, matrix.columnLength(), payloadSize);
        int late = 1 + matrix.columns() / LATE_SHARE;
        // What a column misses at its end may still be rebuilt by the row there.
        patience = matrix.coversColumns() ? matrix.columns() + late : late;
        newestSeqNo = SeqNo.previous(initialSeqNo);
    }

    /** A data packet came, as it is on the wire; lent. What is rebuilt by it is told before the method returns. */
    public void onData(ByteBuf packet, long nowUs) {
        int seqNo = DataPacket.seqNo(packet);
        long index = index(seqNo);
        if (DataPacket.payloadLength(packet) > payloadSize) {
            return;
        }
        advance(index, nowUs);
        if (!received.isKnown(index) || received.get(index)) {
            return;
        }
        messageSeqNo = seqNo;
        messageNo = DataPacket.msgNo(packet);
        destination = SrtPacket.destinationSocketId(packet);
        collect(index, packet);
        solveRow(index, nowUs);
        solveColumn(index, nowUs);
    }

    /** An extra packet came; lent. */
    public void onExtra(ByteBuf packet, long nowUs) {
        long last = index(DataPacket.seqNo(packet));
        // All but one packet of its group must have come or be rebuilt, so it cannot be far ahead.
        boolean isNear = last - received.newest() <= 4L * matrix.columns();
        if (DataPacket.payloadLength(packet) <= ParityBlock.HEADER_LENGTH || !isNear) {
            return;
        }
        advance(last, nowUs);
        if (!received.isKnown(last)) {
            return;
        }
        int of = packet.getUnsignedByte(DataPacket.payloadStart(packet));
        boolean isRow = of == FecMatrix.ROW;
        FecGroups.Group group = isRow ? rowOf(last) : of == matrix.column(last) ? columnOf(last) : null;
        if (group == null) {
            return;
        }
        group.addExtra(packet, scratch);
        if (isRow) {
            solveRow(last, nowUs);
        } else {
            solveColumn(last, nowUs);
        }
    }

    /** Whether all that could have rebuilt this packet has passed. */
    public boolean isGivenUp(int seqNo) {
        long index = index(seqNo);
        return index < 0 || givenUpAt(index) <= received.newest();
    }

    private long index(int seqNo) {
        return received.newest() + SeqNo.distance(newestSeqNo, seqNo);
    }

    private FecGroups.@Nullable Group rowOf(long index) {
        return matrix.coversRows() ? rows.group(0, matrix.row(index)) : null;
    }

    private FecGroups.@Nullable Group columnOf(long index) {
        long series = matrix.coversColumns() ? matrix.series(index) : NONE;
        return series == NONE ? null : columns.group(matrix.column(index), series);
    }

    private void collect(long index, ByteBuf packet) {
        received.set(index);
        FecGroups.Group row = rowOf(index);
        if (row != null) {
            row.add(packet, scratch);
        }
        FecGroups.Group column = columnOf(index);
        if (column != null) {
            column.add(packet, scratch);
        }
    }

    /** Rebuilds the one missing packet of this packet's row; then maybe one of the column that crosses it there, and so on. */
    private void solveRow(long index, long nowUs) {
        long at = index;
        while (at != NONE) {
            at = rebuild(rowOf(at), matrix.row(at) * matrix.columns(), 1, matrix.columns(), nowUs);
            if (at != NONE) {
                at = rebuildInColumn(at, nowUs);
            }
        }
    }

    private void solveColumn(long index, long nowUs) {
        long at = rebuildInColumn(index, nowUs);
        if (at != NONE) {
            solveRow(at, nowUs);
        }
    }

    private long rebuildInColumn(long index, long nowUs) {
        FecGroups.Group group = columnOf(index);
        long first = group == null ? NONE : matrix.first(group.column(), group.number());
        return rebuild(group, first, matrix.columns(), matrix.columnLength(), nowUs);
    }

    /** Answers which packet was rebuilt, or {@link #NONE}. */
    private long rebuild(FecGroups.@Nullable Group group, long first, int step, int size, long nowUs) {
        ParityBlock missing = group == null ? null : group.missingPacket();
        if (missing == null || !received.isKnown(first)) {
            return NONE;
        }
        long index = first;
        long end = first + (long) size * step;
        while (index < end && received.isKnown(index) && received.get(index)) {
            index += step;
        }
        if (index >= end || !received.isKnown(index)) {
            return NONE;
        }
        int seqNo = SeqNo.plus(newestSeqNo, (int) (index - received.newest()));
        int msgNo = MsgNo.plus(messageNo, SeqNo.distance(messageSeqNo, seqNo));
        ByteBuf packet = allocator.directBuffer(SrtPacket.HEADER_LENGTH + payloadSize);
        missing.writePacket(packet, seqNo, msgNo, destination);
        collect(index, packet);
        sink.takeRebuilt(packet, nowUs);
        return index;
    }

    private void advance(long index, long nowUs) {
        while (received.newest() < index) {
            received.advance();
            newestSeqNo = SeqNo.next(newestSeqNo);
            giveUp(received.newest() - patience, nowUs);
        }
    }

    /** With which packet's coming (or passing) this one is given up. */
    private long givenUpAt(long index) {
        if (!matrix.coversColumns()) {
            return matrix.row(index) * matrix.columns() + matrix.columns() - 1 + patience;
        }
        long series = matrix.series(index);
        return patience + (series == NONE ? index : matrix.last(matrix.column(index), series));
    }

    /** Packets that end with this one are given up: its row, or its column, or if it is before the first column itself. */
    private void giveUp(long last, long nowUs) {
        if (last < 0) {
            return;
        }
        if (!matrix.coversColumns()) {
            if (matrix.column(last) == matrix.columns() - 1) {
                tellMissing(last - matrix.columns() + 1, 1, last, nowUs);
            }
            return;
        }
        int column = matrix.column(last);
        long series = matrix.series(last);
        if (series == NONE) {
            tellMissing(last, 1, last, nowUs);
        } else if (matrix.last(column, series) == last) {
            tellMissing(matrix.first(column, series), matrix.columns(), last, nowUs);
        }
    }

    private void tellMissing(long first, int step, long last, long nowUs) {
        for (long index = first; index <= last; index += step) {
            if (received.isKnown(index) && !received.get(index)) {
                sink.onUnsolved(SeqNo.plus(newestSeqNo, (int) (index - received.newest())), nowUs);
            }
        }
    }
}
