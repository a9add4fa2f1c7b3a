// SPDX-License-Identifier: Apache-2.0
package io.medicloud.srt;

import java.util.Locale;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What a {@link SrtOption#PACKETFILTER} says: forward error correction as libsrt's filter {@code fec} does it. Packets fill a matrix row by row;
 * an extra packet for each row, each column, or both, can replace one lost packet of it. Keys that are not given are the peer's.
 *
 * @param columns packets of a row, at least 2; 0 if not given
 * @param rows 1: an extra packet a row; N &ge; 2: one a row and one a column of N packets; &minus;N: one a column alone; 0 if not given: 1
 * @param layout null if not given: {@link Layout#STAIRCASE}
 * @param arq null if not given: {@link Arq#ONREQ}
 */
public record SrtPacketFilter(
        int columns,
        int rows,
        @Nullable Layout layout,
        @Nullable Arq arq) {

    /** Where columns begin. */
    public enum Layout {
        /** All in the matrix's first row: their extra packets follow each other in its last one. */
        EVEN,
        /** Each a row later than the one before it: their extra packets are spread. */
        STAIRCASE
    }

    /** What retransmission is for. */
    public enum Arq {
        /** Every loss is reported at once. */
        ALWAYS,
        /** Only what could not be rebuilt is reported. */
        ONREQ,
        /** Nothing is. */
        NEVER
    }

    /** The one filter that there is; by itself it takes everything from the peer. */
    private static final String TYPE = "fec";

    private static final int MOST = 0x7FFF;

    /** Checks the ranges. */
    public SrtPacketFilter {
        if (columns != 0 && (columns < 2 || columns > MOST)) {
            throw new IllegalArgumentException("cols must be 2 to " + MOST + " (is " + columns + ")");
        }
        if (rows == -1 || Math.abs(rows) > MOST) {
            throw new IllegalArgumentException(
                    "rows must be 1 to " + MOST + ", or -2 to -" + MOST + " (is " + rows + ")");
        }
    }

    /**
     * Reads {@code fec[,cols:N][,rows:N][,layout:even|staircase][,arq:always|onreq|never]}.
     *
     * @throws IllegalArgumentException with one line that says what is wrong
     */
    public static SrtPacketFilter parse(String text) {
        String[] parts = text.split(",", -1);
        if (!parts[0].equals(TYPE)) {
            throw new IllegalArgumentException("must begin with '" + TYPE + "' (is '" + text + "')");
        }
        int columns = 0;
        int rows = 0;
        Layout layout = null;
        Arq arq = null;
        TreeMap<String, String> values = new TreeMap<>();
        for (int i = 1; i < parts.length; i++) {
            int colon = parts[i].indexOf(':');
            String key = parts[i].substring(0, Math.max(0, colon));
            String value = parts[i].substring(colon + 1);
            switch (key) {
                case "cols" -> columns = number(key, value);
                case "rows" -> rows = number(key, value);
                case "layout" -> layout = word(Layout.values(), key, value);
                case "arq" -> arq = word(Arq.values(), key, value);
                default ->
                    throw new IllegalArgumentException(
                            "knows the keys cols, rows, layout and arq, each as key:value (has '" + parts[i] + "')");
            }
            if (values.put(key, value) != null) {
                throw new IllegalArgumentException("says '" + key + "' twice");
            }
        }
        return new SrtPacketFilter(columns, rows, layout, arq);
    }

    private static int number(String key, String value) {
        int number = 0;
        try {
            number = Integer.parseInt(value);
        } catch (NumberFormatException e) {
            // Said below.
        }
        if (number == 0) {
            throw new IllegalArgumentException(key + " must be a number other than 0 (is '" + value + "')");
        }
        return number;
    }

    private static <E extends Enum<E>> E word(E[] all, String key, String value) {
        StringBuilder known = new StringBuilder();
        for (E each : all) {
            String name = each.name().toLowerCase(Locale.ROOT);
            if (name.equals(value)) {
                return each;
            }
            known.append(known.isEmpty() ? "" : ", ").append(name);
        }
        throw new IllegalArgumentException(key + " must be one of " + known + " (is '" + value + "')");
    }

    /** What both ends together say, or null if they contradict each other. */
    public @Nullable SrtPacketFilter merge(SrtPacketFilter peer) {
        boolean contradict = (columns != 0 && peer.columns != 0 && columns != peer.columns)
                || (rows != 0 && peer.rows != 0 && rows != peer.rows)
                || (layout != null && peer.layout != null && layout != peer.layout)
                || (arq != null && peer.arq != null && arq != peer.arq);
        return contradict
                ? null
                : new SrtPacketFilter(
                        columns == 0 ? peer.columns : columns,
                        rows == 0 ? peer.rows : rows,
                        layout == null ? peer.layout : layout,
                        arq == null ? peer.arq : arq);
    }

    /** The same with what stands for keys that are not given, except for the columns. */
    public SrtPacketFilter withDefaults() {
        return new SrtPacketFilter(columns, rows == 0 ? 1 : rows, layoutInForce(), arqInForce());
    }

    /** Whether it says enough to work by. */
    public boolean isComplete() {
        return columns != 0;
    }

    /** The packets of a column, 1 if there are no extra packets for columns. */
    public int columnLength() {
        return rows == 0 ? 1 : Math.abs(rows);
    }

    /** Whether rows have extra packets. */
    public boolean coversRows() {
        return rows >= 0;
    }

    /** Whether columns have. */
    public boolean coversColumns() {
        return columnLength() > 1;
    }

    /** The layout in force. */
    public Layout layoutInForce() {
        return Objects.requireNonNullElse(layout, Layout.STAIRCASE);
    }

    /** The use of retransmission in force. */
    public Arq arqInForce() {
        return Objects.requireNonNullElse(arq, Arq.ONREQ);
    }

    /** The text form, its keys in alphabetical order. */
    public String text() {
        return TYPE
                + (arq == null ? "" : ",arq:" + arq.name().toLowerCase(Locale.ROOT))
                + (columns == 0 ? "" : ",cols:" + columns)
                + (layout == null ? "" : ",layout:" + layout.name().toLowerCase(Locale.ROOT))
                + (rows == 0 ? "" : ",rows:" + rows);
    }
}
