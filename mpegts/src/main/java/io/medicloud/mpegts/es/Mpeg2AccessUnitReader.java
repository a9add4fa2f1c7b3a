// SPDX-License-Identifier: Apache-2.0
package io.medicloud.mpegts.es;

import org.jspecify.annotations.Nullable;

/** Access units of MPEG-2 video: pictures, with the headers in front of them (13818-2, 6.2; 13818-1, 2.1.1). */
final class Mpeg2AccessUnitReader extends AccessUnitReader {

    /** extension_start_code_identifier (table 6-2). */
    private static final int SEQUENCE_EXTENSION = 1;

    private static final int PICTURE_CODING_EXTENSION = 8;
    /** Which byte of the picture coding extension begins with progressive_frame (6.2.3.1). */
    private static final int PROGRESSIVE_FRAME_BYTE = 5;

    private static final int CODING_TYPE_I = 1;

    private int startCode;
    private int extension;
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
                onSequenceEnd();
                sequenceHeader |= !isEnded();
                return wantsSequence();
            }
            case Mpeg2StartCode.EXTENSION -> {
                return wantsSequence();
            }
            case Mpeg2StartCode.GROUP -> {
                onHead();
                onSequenceEnd();
            }
            case Mpeg2StartCode.PICTURE -> {
                onHead();
                onSequenceEnd();
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
            case Mpeg2StartCode.SEQUENCE_HEADER -> keep(value) && bytesRead < Mpeg2Sequence.HEADER_BYTES;
            case Mpeg2StartCode.EXTENSION -> onExtensionByte(value);
            default -> onPictureByte(value);
        };
    }

    private boolean onExtensionByte(int value) {
        if (bytesRead == 1) {
            extension = value >> 4;
        }
        if (extension == SEQUENCE_EXTENSION) {
            return keep(value) && bytesRead < Mpeg2Sequence.EXTENSION_BYTES;
        }
        if (extension == PICTURE_CODING_EXTENSION && bytesRead == PROGRESSIVE_FRAME_BYTE) {
            onScan((value & 0x80) == 0);
        }
        return extension == PICTURE_CODING_EXTENSION && bytesRead < PROGRESSIVE_FRAME_BYTE;
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
    @Nullable
    VideoFormat parseSequence(byte[] rbsp, int length) {
        return Mpeg2Sequence.parse(rbsp, length);
    }

    @Override
    public void onNalUnitEnd() {
        // Here, unlike in a NAL unit, zero bytes in front of a start code may be the end of a header.
        boolean more = startCode != Mpeg2StartCode.PICTURE;
        while (more) {
            more = onByte(0);
        }
    }
}
