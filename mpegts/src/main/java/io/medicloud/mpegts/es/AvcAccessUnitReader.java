// SPDX-License-Identifier: Apache-2.0
package io.medicloud.mpegts.es;

import org.jspecify.annotations.Nullable;

/**
 * Access units of H.264 (14496-10, 7.4.1.2). A picture begins with the slice whose first_mb_in_slice is 0: right for all
 * streams without arbitrary slice order, which no profile in use with transport streams has.
 */
final class AvcAccessUnitReader extends AccessUnitReader {
    /** No picture has 2^20 macroblocks (14496-10, table A-1). */
    private static final int MOST_LEADING_ZEROS = 20;

    /** pic_struct: a frame is 0, doubled 7, tripled 8; all between are fields (table D-1). */
    private static final int TOP_FIELD = 1;

    private static final int BOTTOM_FIELD = 2;

    private static final int LAST_OF_FIELDS = 6;

    /** How a picture is scanned. */
    private static final int PROGRESSIVE = 0;

    private static final int ADAPTIVE = 1;
    private static final int FIELD = 2;

    private static final int SLICE_TYPE_I = 2;
    private static final int SLICE_TYPE_SI = 4;
    private static final int SLICE_TYPES = 5;

    private final SeiReader sei = new SeiReader();
    private int nalType;
    private long bits;
    private int bitCount;
    private boolean firstSlice;
    /** slice_type of the slice header at hand; -1 while unknown. */
    private int sliceType = -1;

    private boolean sps;
    private boolean pps;
    private boolean idr;
    private boolean inter;
    private boolean uniform;
    private int recoveryFrameCount = -1;
    private int picStruct = -1;
    private @Nullable AvcSps format;

    AvcAccessUnitReader(@Nullable Sink sink) {
        super(sink);
    }

    @Override
    void clearFacts() {
        sps = false;
        pps = false;
        idr = false;
        inter = false;
        uniform = false;
        recoveryFrameCount = -1;
        picStruct = -1;
    }

    @Override
    RandomAccess kind() {
        if (idr) {
            return RandomAccess.IDR;
        }
        if (recoveryFrameCount >= 0 && isPictured()) {
            return RandomAccess.RECOVERY_POINT;
        }
        // Without a mark of its own an I picture is no random access point: later pictures may refer across it.
        // One that brings its parameter sets was meant to be one.
        return isPictured() && !inter && hasParameterSets() ? RandomAccess.I : RandomAccess.NONE;
    }

    @Override
    boolean hasParameterSets() {
        return sps && pps;
    }

    @Override
    int recoveryFrameCount() {
        return Math.max(recoveryFrameCount, 0);
    }

    @Override
    boolean isDecided() {
        return isPictured() && (idr || recoveryFrameCount >= 0 || inter || uniform || !hasParameterSets());
    }

    @Override
    boolean onNalHeader(int header) {
        if (AvcNal.isForbidden(header)) {
            nalType = 0;
            return false;
        }
        nalType = AvcNal.type(header);
        if (AvcNal.isSlice(nalType)) {
            bits = 0;
            bitCount = 0;
            sliceType = -1;
            return true;
        }
        if (AvcNal.opensAccessUnit(nalType)) {
            onHead();
        }
        if (isEnded()) {
            return false;
        }
        switch (nalType) {
            case AvcNal.SPS -> {
                sps = true;
                return wantsSequence();
            }
            case AvcNal.PPS -> pps = true;
            case AvcNal.SEI -> {
                sei.begin();
                return true;
            }
            default -> {}
        }
        return false;
    }

    @Override
    public boolean onByte(int value) {
        return switch (nalType) {
            case AvcNal.SPS -> keep(value);
            case AvcNal.SEI -> onSeiByte(value);
            default -> onSliceByte(value);
        };
    }

    private boolean onSeiByte(int value) {
        boolean more = sei.onByte(value);
        if (sei.hasRecoveryPoint() && recoveryFrameCount < 0) {
            recoveryFrameCount = sei.recoveryFrameCount();
        }
        if (sei.picStruct() >= 0) {
            picStruct = sei.picStruct();
        }
        return more;
    }

    @Override
    @Nullable
    VideoFormat parseSequence(byte[] rbsp, int length) {
        format = AvcSps.parse(rbsp, length);
        if (format == null) {
            return null;
        }
        sei.setPicStructOffset(format.format().mayInterlace() ? format.picStructOffset() : -1);
        return format.format();
    }

    @Override
    public void onNalUnitEnd() {
        if (nalType == AvcNal.SPS) {
            onSequenceEnd();
        } else if (AvcNal.isSlice(nalType) && sliceType >= 0) {
            onSliceHeader();
        }
    }

    /** first_mb_in_slice ue(v), slice_type ue(v): at most 41 + 7 bits. */
    private boolean onSliceByte(int value) {
        bits = bits << 8 | value;
        bitCount += 8;
        long aligned = bits << (64 - bitCount);
        int zeros = Long.numberOfLeadingZeros(aligned);
        if (zeros > MOST_LEADING_ZEROS) {
            return bitCount <= MOST_LEADING_ZEROS;
        }
        int length = 2 * zeros + 1;
        if (length >= bitCount) {
            return true;
        }
        long rest = aligned << length;
        int typeZeros = Long.numberOfLeadingZeros(rest);
        if (typeZeros > 3) {
            return bitCount < length + 4;
        }
        if (length + 2 * typeZeros + 1 > bitCount) {
            return true;
        }
        firstSlice = zeros == 0;
        sliceType = (int) (rest >>> (63 - 2 * typeZeros)) - 1;
        if (firstSlice
                && picStructAhead() < 0
                && format != null
                && format.format().mayInterlace()) {
            int scan = readScan(rest << (2 * typeZeros + 1), bitCount - length - 2 * typeZeros - 1, format);
            if (scan < 0 && bitCount < Long.SIZE - Byte.SIZE) {
                return true;
            }
            if (scan >= 0) {
                onScan(scan != PROGRESSIVE);
                countField(scan == FIELD);
            }
        }
        onSliceHeader();
        return false;
    }

    private void countField(boolean field) {
        if (field) {
            onField();
        }
    }

    /**
     * pic_parameter_set_id ue(v), colour_plane_id u(2), frame_num u(v), field_pic_flag u(1), from left-aligned bits. Returns {@link #FIELD},
     * {@link #ADAPTIVE} if the picture is a frame whose macroblocks may be fields, {@link #PROGRESSIVE} if it is neither, -1 if that takes more bits.
     */
    private static int readScan(long bits, int count, AvcSps sps) {
        int zeros = Long.numberOfLeadingZeros(bits);
        int fieldFlag = 2 * zeros + 1 + (sps.separateColourPlanes() ? 2 : 0) + sps.frameNumBits();
        if (zeros > 8 || fieldFlag >= count) {
            return -1;
        }
        return bits << fieldFlag < 0 ? FIELD : sps.adaptiveFields() ? ADAPTIVE : PROGRESSIVE;
    }

    /** pic_struct in front of the picture that begins; -1 if there is none, or it was the picture's before. */
    private int picStructAhead() {
        return isPictured() ? -1 : picStruct;
    }

    private void onSliceHeader() {
        int structure = picStructAhead();
        if (!onSlice(firstSlice)) {
            return;
        }
        if (firstSlice && structure >= 0) {
            onScan(structure >= TOP_FIELD && structure <= LAST_OF_FIELDS);
            countField(structure == TOP_FIELD || structure == BOTTOM_FIELD);
        }
        idr |= nalType == AvcNal.IDR_SLICE;
        int type = sliceType % SLICE_TYPES;
        inter |= type != SLICE_TYPE_I && type != SLICE_TYPE_SI;
        // From 5 on, all slices of the picture have this type (14496-10, table 7-6).
        uniform |= sliceType >= SLICE_TYPES;
        sliceType = -1;
    }
}
