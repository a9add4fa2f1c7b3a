// SPDX-License-Identifier: Apache-2.0
package io.medicloud.mpegts.es;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Groups NAL units into access units and says what each is. With a sink it reads on and on; without one it stops
 * ({@link #isDone}) as soon as it can tell what the first access unit is.
 */
abstract sealed class AccessUnitReader implements NalScanner.Sink
        permits AvcAccessUnitReader, HevcAccessUnitReader, Mpeg2AccessUnitReader {
    /** Takes access units and parameter sets in the order of the stream. */
    interface Sink {
        /** An access unit has begun; see {@link #start}. */
        void onAccessUnitStart(AccessUnitReader unit);

        /** It has ended, and what it is is known. It holds at least one slice. */
        void onAccessUnitEnd(AccessUnitReader unit);

        /** A sequence parameter set (MPEG-2: sequence header with its extension) that differs from the one before it. */
        void onFormat(VideoFormat format);
    }

    /** Longest sequence parameter set kept; longer ones are cut, and still tell what stands at their front. */
    static final int MOST_SEQUENCE_BYTES = 1024;

    private final @Nullable Sink sink;
    private final byte[] sequence;
    private int sequenceLength;
    private byte[] lastSequence = new byte[0];
    private long interlacedPictures;
    private long progressivePictures;
    private long fieldPictures;

    private long nalStart;
    private long nalZeros;

    private boolean begun;
    private boolean whole;
    private boolean pictured;
    private boolean ended;
    private long start;
    private long leadingZeros;

    AccessUnitReader(@Nullable Sink sink) {
        this.sink = sink;
        this.sequence = new byte[sink == null ? 0 : MOST_SEQUENCE_BYTES];
    }

    /** What the access unit is, by what has been read of it. */
    abstract RandomAccess kind();

    /** Whether it has brought all its parameter sets. */
    abstract boolean hasParameterSets();

    /** recovery_frame_cnt of its recovery point SEI message; 0 without one. */
    int recoveryFrameCount() {
        return 0;
    }

    /** Whether what follows can no longer change {@link #kind}. */
    abstract boolean isDecided();

    /** Forgets the facts of the access unit that has ended. */
    abstract void clearFacts();

    /** Forgets everything. */
    final void reset() {
        begun = false;
        whole = false;
        pictured = false;
        ended = false;
        sequenceLength = 0;
        clearFacts();
    }

    /** The stream ends, or is broken, here. */
    final void finish() {
        if (sink != null && begun && pictured) {
            sink.onAccessUnitEnd(this);
        }
        reset();
    }

    /** Position of the start code that begins the access unit. */
    final long start() {
        return start;
    }

    /** Position of the first of the zero bytes that lead to it. */
    final long leadingZeros() {
        return leadingZeros;
    }

    /** Whether its beginning was seen; false if reading began within it. */
    final boolean isWhole() {
        return begun && whole;
    }

    /** Whether a NAL unit of an access unit has been seen. */
    final boolean isBegun() {
        return begun;
    }

    /** Whether a slice has been seen. */
    final boolean isPictured() {
        return pictured;
    }

    @Override
    public final boolean isDone() {
        return sink == null && (ended || (begun && isDecided()));
    }

    @Override
    public final boolean onNalUnit(int header, long startCode, long zeros) {
        nalStart = startCode;
        nalZeros = zeros;
        return onNalHeader(header);
    }

    abstract boolean onNalHeader(int header);

    /** The NAL unit at hand begins a new access unit if the one at hand has its picture. */
    final void onHead() {
        if (begun && pictured) {
            next();
        }
        if (!begun && !ended) {
            open(true);
        }
    }

    /** The NAL unit at hand is a slice, the first of its picture or a further one. False if it is of an access unit not read. */
    final boolean onSlice(boolean first) {
        if (begun && pictured && first) {
            next();
        }
        if (!begun && !ended) {
            open(first);
        }
        pictured |= !ended;
        return !ended;
    }

    private void next() {
        if (sink == null) {
            ended = true;
            return;
        }
        sink.onAccessUnitEnd(this);
        begun = false;
        pictured = false;
        clearFacts();
    }

    private void open(boolean fromItsBeginning) {
        begun = true;
        whole = fromItsBeginning;
        start = nalStart;
        leadingZeros = nalZeros;
        if (sink != null) {
            sink.onAccessUnitStart(this);
        }
    }

    /** Whether access units beyond the first have begun, without a sink to take them. */
    final boolean isEnded() {
        return ended;
    }

    /** Whether parameter sets are asked for. */
    final boolean wantsSequence() {
        return sink != null;
    }

    /** Counts a picture that says how it was scanned. */
    final void onScan(boolean interlaced) {
        if (interlaced) {
            interlacedPictures++;
        } else {
            progressivePictures++;
        }
    }

    /** Pictures so far that said they are fields or interlaced frames. */
    final long interlacedPictures() {
        return interlacedPictures;
    }

    /** Pictures so far that said they are progressive frames. */
    final long progressivePictures() {
        return progressivePictures;
    }

    /** Counts a picture that is one field of a frame. */
    final void onField() {
        fieldPictures++;
    }

    /** Pictures so far that are one field of a frame. */
    final long fieldPictures() {
        return fieldPictures;
    }

    /** Reads a sequence parameter set, without emulation prevention bytes; null if it tells nothing. */
    abstract @Nullable VideoFormat parseSequence(byte[] rbsp, int length);

    /** Keeps one byte of a sequence parameter set; false when no more fit. */
    final boolean keep(int value) {
        if (sequenceLength < sequence.length) {
            sequence[sequenceLength++] = (byte) value;
        }
        return sequenceLength < sequence.length;
    }

    /** The sequence parameter set is complete: reads it, if it is not the same again. */
    final void onSequenceEnd() {
        int length = sequenceLength;
        sequenceLength = 0;
        if (sink == null || length == 0 || Arrays.equals(lastSequence, 0, lastSequence.length, sequence, 0, length)) {
            return;
        }
        lastSequence = Arrays.copyOf(sequence, length);
        VideoFormat format = parseSequence(sequence, length);
        if (format != null) {
            sink.onFormat(format);
        }
    }
}
