// SPDX-License-Identifier: Apache-2.0
package io.medicloud.mpegts.es;

import org.jspecify.annotations.Nullable;

/** Access units of MPEG-2 video: pictures, with the headers in front of them (13818-2, 6.2; 13818-1, 2.1.1). */
final class Mpeg2AccessUnitReader extends AccessUnitReader {
    /** The sequence header without its matrices (13818-2, 6.2.2.1), and the sequence extension (6.2.2.3). */
    private static final int SEQUENCE_HEADER_BYTES = 8;

    private static final int SEQUENCE_EXTENSION_BYTES = 6;
    private static final int SEQUENCE_EXTENSION_ID = 1;
    private static final int CODING_TYPE_I = 1;

    private int startCode;
    private int bytesRead;
    private boolean sequenceHeader;
    private boolean picture;
    private boolean intra;

    Mpeg2AccessUnitReader(@Nullable Sink sink) {
        super(sink);
    }

    @Override
    void clearFacts() {
        sequenceHeader = false;
        picture = false;
        intra = false;
    }

    @Override
    RandomAccess kind() {
        return intra && sequenceHeader ? RandomAccess.I : RandomAccess.NONE;
    }

    @Override
    boolean hasParameterSets() {
        return sequenceHeader;
    }

    @Override
    boolean isDecided() {
        return picture || isPictured();
    }

    @Override
    boolean onNalHeader(int header) {
        startCode = header;
        bytesRead = 0;
        switch (header) {
            case Mpeg2StartCode.SEQUENCE_HEADER -> {
                onHead();
                handOutSequence();
                sequenceHeader |= !isEnded();
                return wantsSequence();
            }
            case Mpeg2StartCode.EXTENSION -> {
                return wantsSequence();
            }
            case Mpeg2StartCode.GROUP -> {
                onHead();
                handOutSequence();
            }
            case Mpeg2StartCode.PICTURE -> {
                onHead();
                handOutSequence();
                return !isEnded();
            }
            default -> {
                if (Mpeg2StartCode.isSlice(header)) {
                    onSlice(false);
                }
            }
        }
        return false;
    }

    @Override
    public boolean onByte(int value) {
        bytesRead++;
        return switch (startCode) {
            case Mpeg2StartCode.SEQUENCE_HEADER -> keep(value) && bytesRead < SEQUENCE_HEADER_BYTES;
            case Mpeg2StartCode.EXTENSION ->
                (bytesRead > 1 || value >> 4 == SEQUENCE_EXTENSION_ID)
                        && keep(value)
                        && bytesRead < SEQUENCE_EXTENSION_BYTES;
            default -> onPictureByte(value);
        };
    }

    /** temporal_reference u(10), picture_coding_type u(3). */
    private boolean onPictureByte(int value) {
        if (bytesRead < 2) {
            return true;
        }
        picture = true;
        intra |= (value >> 3 & 7) == CODING_TYPE_I;
        return false;
    }

    @Override
    public void onNalUnitEnd() {
        // Headers are read to a fixed length; one that ends before is not kept.
    }
}
