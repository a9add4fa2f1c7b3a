// SPDX-License-Identifier: Apache-2.0
package io.medicloud.mpegts.es;

import org.jspecify.annotations.Nullable;

/** Access units of H.265's base layer (23008-2, 7.4.2.4.4). */
final class HevcAccessUnitReader extends AccessUnitReader {
    private int nalType;
    private int bytesRead;
    private boolean vps;
    private boolean sps;
    private boolean pps;
    private RandomAccess kind = RandomAccess.NONE;

    HevcAccessUnitReader(@Nullable Sink sink) {
        super(sink);
    }

    @Override
    void clearFacts() {
        vps = false;
        sps = false;
        pps = false;
        kind = RandomAccess.NONE;
    }

    @Override
    RandomAccess kind() {
        return kind;
    }

    @Override
    boolean hasParameterSets() {
        return vps && sps && pps;
    }

    @Override
    boolean isDecided() {
        // All slice segments of a picture have the same type, or the picture is no IRAP picture (23008-2, 7.4.2.2).
        return isPictured();
    }

    @Override
    boolean onNalHeader(int header) {
        nalType = HevcNal.type(header);
        bytesRead = 1;
        return !HevcNal.isForeign(header);
    }

    @Override
    public boolean onByte(int value) {
        bytesRead++;
        if (bytesRead == 2) {
            return HevcNal.layer(value) == 0 && onNalUnitOfBaseLayer();
        }
        if (HevcNal.isVcl(nalType)) {
            // first_slice_segment_in_pic_flag
            if (onSlice((value & 0x80) != 0) && kind == RandomAccess.NONE) {
                kind = HevcNal.randomAccess(nalType);
            }
            return false;
        }
        return keep(value);
    }

    private boolean onNalUnitOfBaseLayer() {
        if (HevcNal.isVcl(nalType)) {
            return true;
        }
        if (HevcNal.opensAccessUnit(nalType)) {
            onHead();
        }
        if (isEnded()) {
            return false;
        }
        switch (nalType) {
            case HevcNal.VPS -> vps = true;
            case HevcNal.SPS -> {
                sps = true;
                return wantsSequence();
            }
            case HevcNal.PPS -> pps = true;
            default -> {}
        }
        return false;
    }

    @Override
    @Nullable
    VideoFormat parseSequence(byte[] rbsp, int length) {
        return HevcSps.parse(rbsp, length);
    }

    @Override
    public void onNalUnitEnd() {
        onSequenceEnd();
    }
}
