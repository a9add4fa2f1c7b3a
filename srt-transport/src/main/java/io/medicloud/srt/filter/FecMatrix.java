// SPDX-License-Identifier: Apache-2.0
package io.medicloud.srt.filter;

import io.medicloud.srt.SrtPacketFilter;

/**
 * Which packets protect which. Packets are numbered from 0, in the order of their sequence numbers from the initial one on; they fill rows, and
 * what stands below each other is in one column. Columns are cut into groups of equal length, a series of groups after the other.
 */
public final class FecMatrix {
    /** The index of a row's extra packet; a column's is its number. */
    static final int ROW = 0xFF;

    private static final int MOST_SIDE = 255;
    private static final int MOST_PACKETS = 4096;

    private final int columns;
    private final int columnLength;
    private final boolean coversRows;
    private final int[] firstOfColumn;

    private FecMatrix(SrtPacketFilter filter) {
        columns = filter.columns();
        columnLength = filter.columnLength();
        coversRows = filter.coversRows();
        boolean isEven = filter.layoutInForce() == SrtPacketFilter.Layout.EVEN;
        firstOfColumn = new int[columns];
        for (int column = 0; column < columns; column++) {
            firstOfColumn[column] = isEven ? column : column % columnLength * columns + column;
        }
    }

    /** Whether the filter is complete, and its matrix is one that we have room for: sides of at most 255, and 4096 packets in all. */
    public static boolean isSupported(SrtPacketFilter filter) {
        return filter.isComplete()
                && filter.columns() <= MOST_SIDE
                && filter.columnLength() <= MOST_SIDE
                && filter.columns() * filter.columnLength() <= MOST_PACKETS;
    }

    static FecMatrix of(SrtPacketFilter filter) {
        if (!isSupported(filter)) {
            throw new IllegalArgumentException("no matrix for " + filter.text());
        }
        return new FecMatrix(filter);
    }

    int columns() {
        return columns;
    }

    /** Packets of a column's group. */
    int columnLength() {
        return columnLength;
    }

    boolean coversRows() {
        return coversRows;
    }

    boolean coversColumns() {
        return columnLength > 1;
    }

    /** Packets of a whole matrix. */
    int packets() {
        return columns * columnLength;
    }

    long row(long index) {
        return index / columns;
    }

    int column(long index) {
        return (int) (index % columns);
    }

    /** Which of its column's groups the packet is in, or -1 if it came before the first one. */
    long series(long index) {
        long offset = index - firstOfColumn[column(index)];
        return offset < 0 ? -1 : offset / packets();
    }

    /** The first packet of a column's group. */
    long first(int column, long series) {
        return firstOfColumn[column] + series * packets();
    }

    /** The last one. */
    long last(int column, long series) {
        return first(column, series) + (long) (columnLength - 1) * columns;
    }
}
