// SPDX-License-Identifier: Apache-2.0
package io.medicloud.mpegts.es;

import io.netty.buffer.ByteBuf;

/**
 * Finds the NAL units of a byte stream (14496-10, annex B) that comes in pieces of any size, copies nothing and keeps no
 * more than counters between pieces. Start codes may have any number of leading zero bytes and may lie across pieces.
 *
 * <p>The bytes of a NAL unit are handed out one by one, without emulation prevention bytes (14496-10, 7.4.1), for as long
 * as the sink wants them; the rest is searched for the next start code.
 *
 * <p>Buffers are lent and read with absolute indices. Not thread-safe.
 */
final class NalScanner {
    /** Takes what the scanner finds. */
    interface Sink {
        /**
         * A NAL unit begins.
         *
         * @param header its first byte (MPEG-2: the start code value)
         * @param startCode position of its start code, counted in bytes from the last {@link NalScanner#reset}
         * @param leadingZeros position of the first zero byte of the run that ends in the start code
         * @return whether its further bytes are wanted
         */
        boolean onNalUnit(int header, long startCode, long leadingZeros);

        /**
         * The next byte of a NAL unit whose bytes are wanted.
         *
         * @return whether more bytes are wanted
         */
        boolean onByte(int value);

        /** The NAL unit has ended while its bytes were still wanted. */
        void onNalUnitEnd();

        /** Whether scanning is to stop; asked after each call above. */
        boolean isDone();
    }

    private enum State {
        SEARCH,
        HEADER,
        READ
    }

    private final Sink sink;
    private final boolean emulationPrevention;
    private State state = State.SEARCH;
    private long position;
    private long startCode;
    private long leadingZeros;
    /** Zero bytes directly before the current position. */
    private int zeros;
    /** How many of them the sink has not been given, because they may belong to a start code. */
    private int heldBack;

    /**
     * @param emulationPrevention whether 00 00 03 stands for 00 00 within a NAL unit: true for H.264 and HEVC, false for MPEG-2
     */
    NalScanner(Sink sink, boolean emulationPrevention) {
        this.sink = sink;
        this.emulationPrevention = emulationPrevention;
    }

    /** Forgets everything: the next byte is at position 0. */
    void reset() {
        state = State.SEARCH;
        position = 0;
        zeros = 0;
        heldBack = 0;
    }

    /** The bytes before this position are not part of what follows: no NAL unit continues, no start code is half read. */
    void abandon() {
        state = State.SEARCH;
        zeros = 0;
        heldBack = 0;
    }

    /** Number of bytes scanned since the last {@link #reset}. */
    long position() {
        return position;
    }

    /** Whether the first byte that is no leading zero has been seen, and the search is on for a start code behind it. */
    boolean isSearchingBeyondStart() {
        return state == State.SEARCH && zeros != position;
    }

    /** Scans one piece, or as much of it as it takes until the sink is done. */
    void scan(ByteBuf data, int from, int to) {
        int at = from;
        while (at < to && !sink.isDone()) {
            int before = at;
            switch (state) {
                case SEARCH -> at = search(data, at, to);
                case HEADER -> at = header(data, at);
                case READ -> at = read(data, at, to);
            }
            position += at - before;
        }
    }

    private int search(ByteBuf data, int from, int to) {
        int at = from;
        // A start code may have begun in the piece before.
        while (at < to && zeros > 0) {
            int value = data.getByte(at++);
            if (value == 0) {
                zeros++;
            } else if (value == 1 && zeros >= 2) {
                found(position + (at - 1 - from));
                return at;
            } else {
                zeros = 0;
            }
        }
        if (at == to) {
            return to;
        }
        int one = Math.min(to, indexOfStartCode(data, at, to) + 2);
        int first = one;
        while (first > at && data.getByte(first - 1) == 0) {
            first--;
        }
        zeros = one - first;
        if (one < to) {
            found(position + (one - from));
            return one + 1;
        }
        return to;
    }

    /** Where the next 00 00 01 begins, or {@code to}. Of its bytes the 01 is the rarest, and the buffer searches for one value a word at a time. */
    private static int indexOfStartCode(ByteBuf data, int from, int to) {
        int at = from + 2;
        while (at < to) {
            int one = data.indexOf(at, to, (byte) 1);
            if (one < 0) {
                return to;
            }
            if (data.getByte(one - 1) == 0 && data.getByte(one - 2) == 0) {
                return one - 2;
            }
            at = one + 1;
        }
        return to;
    }

    private void found(long positionOfOne) {
        startCode = positionOfOne - 2;
        leadingZeros = positionOfOne - zeros;
        zeros = 0;
        heldBack = 0;
        state = State.HEADER;
    }

    private int header(ByteBuf data, int at) {
        int header = data.getUnsignedByte(at);
        // A header of 00 may be the first zero of the next start code where the stream is damaged.
        zeros = header == 0 ? 1 : 0;
        state = sink.onNalUnit(header, startCode, leadingZeros) ? State.READ : State.SEARCH;
        return at + 1;
    }

    private int read(ByteBuf data, int from, int to) {
        int at = from;
        while (at < to && state == State.READ && !sink.isDone()) {
            int value = data.getUnsignedByte(at++);
            if (value == 0) {
                zeros++;
                heldBack++;
                if (zeros > 2) {
                    // 00 00 00 is in no NAL unit: these are trailing zeros (14496-10, B.1.2).
                    end(State.SEARCH);
                }
            } else if (value == 1 && zeros >= 2) {
                long positionOfOne = position + (at - 1 - from);
                end(State.HEADER);
                found(positionOfOne);
            } else {
                boolean prevention = emulationPrevention && value == 3 && zeros >= 2;
                zeros = 0;
                release(prevention ? -1 : value);
            }
        }
        return at;
    }

    private void release(int value) {
        boolean wanted = true;
        while (wanted && heldBack > 0) {
            heldBack--;
            wanted = sink.onByte(0);
        }
        if (wanted && value >= 0) {
            wanted = sink.onByte(value);
        }
        if (!wanted) {
            heldBack = 0;
            state = State.SEARCH;
        }
    }

    private void end(State next) {
        heldBack = 0;
        state = next;
        sink.onNalUnitEnd();
    }
}
