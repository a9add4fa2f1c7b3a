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

    private static final int SLICE_TYPE_I = 2;
    private static final int SLICE_TYPE_SI = 4;
    private static final int SLICE_TYPES = 5;

    private final SeiReader sei = new SeiReader();
    private int nalType;
    private long bits;
    private int bitCount;

    private boolean sps;
    private boolean pps;
    private boolean idr;
    private boolean inter;
    private boolean uniform;
    private int recoveryFrameCount = -1;

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
    }

    @Override
    RandomAccess kind() {
        if (idr) {
            return RandomAccess.IDR;
        }
        if (recoveryFrameCount >= 0 && isPictured()) {
            return RandomAccess.RECOVERY_POINT;
        }
        // Without a mark of its own an I picture is no random access point: later pictures may refer across it. One
        // that
        // brings its parameter sets was meant to be one.
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
        return more;
    }

    @Override
    public void onNalUnitEnd() {
        if (nalType == AvcNal.SPS) {
            handOutSequence();
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
        onSliceHeader(zeros == 0, (int) (rest >>> (63 - 2 * typeZeros)) - 1);
        return false;
    }

    private void onSliceHeader(boolean first, int sliceType) {
        if (!onSlice(first)) {
            return;
        }
        idr |= nalType == AvcNal.IDR_SLICE;
        int type = sliceType % SLICE_TYPES;
        inter |= type != SLICE_TYPE_I && type != SLICE_TYPE_SI;
        // From 5 on, all slices of the picture have this type (14496-10, table 7-6).
        uniform |= sliceType >= SLICE_TYPES;
    }
}
