// SPDX-License-Identifier: Apache-2.0
package io.medicloud.pipeline.thumbnail;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Collects the first picture of an H.264 byte stream (14496-10, annex B) that is made of I slices alone, with the parameter sets that it needs. What
 * is no part of one is dropped at once; a picture that is too long is passed over. Not thread-safe.
 */
final class PictureFinder {
    private static final int SLICE = 1;
    private static final int IDR_SLICE = 5;
    private static final int SEI = 6;
    private static final int SPS = 7;
    private static final int PPS = 8;
    private static final int DELIMITER = 9;
    private static final int LAST_OPENING = 18;
    private static final int FIRST_OPENING = 14;

    private static final int I = 2;
    private static final int SLICE_TYPES = 5;
    private static final int MOST_SPS_ID = 31;
    private static final int MOST_PPS_ID = 255;
    private static final int MOST_SET_BYTES = 4096;
    private static final int MOST_SLICES = 1024;
    /** So many bytes of a slice tell where it is in its picture, and of which type. */
    private static final int HEAD = 16;

    private final int mostBytes;
    private final Map<Integer, byte[]> sequenceSets = new HashMap<>();
    private final Map<Integer, byte[]> pictureSets = new HashMap<>();
    private final List<byte[]> slices = new ArrayList<>();
    private int sliceBytes;
    /** Of the picture at hand a slice is missing, or is of another kind: the rest of it is of no use. */
    private boolean isSpoilt = true;

    private byte[] nal = new byte[1 << 16];
    private int length;
    private int type;
    private boolean isInNal;
    /** The rest of this NAL unit is of no interest. */
    private boolean isDropping;

    private int zeros;
    private @Nullable Keyframe found;
    private long tooLong;

    /** @param mostBytes the most that slices of a picture may have */
    PictureFinder(int mostBytes) {
        this.mostBytes = mostBytes;
    }

    /** The picture, once it is there whole. */
    @Nullable
    Keyframe found() {
        return found;
    }

    /** How many pictures were passed over because they are too long. */
    long tooLong() {
        return tooLong;
    }

    /** The next bytes. */
    void onBytes(byte[] data, int from, int to) {
        for (int i = from; i < to && found == null; i++) {
            byte value = data[i];
            if (value == 0) {
                zeros++;
            } else if (value == 1 && zeros >= 2) {
                endNal();
                isInNal = true;
                isDropping = false;
                length = 0;
                zeros = 0;
            } else {
                if (isInNal && !isDropping) {
                    append(value);
                }
                zeros = 0;
            }
        }
    }

    private void append(byte value) {
        if (length == 0) {
            // With a zero in front it is no header that anybody writes.
            type = zeros > 0 ? 0 : value & 0x1F;
            begin();
        } else if (length >= mostBytes - sliceBytes - zeros) {
            isDropping = true;
            spoil();
            tooLong++;
        }
        if (isDropping) {
            return;
        }
        if (length + zeros >= nal.length) {
            nal = Arrays.copyOf(nal, 2 * (length + zeros + 1));
        }
        Arrays.fill(nal, length, length + zeros, (byte) 0);
        length += zeros;
        nal[length++] = value;
        if (isSlice() && length - zeros <= HEAD && length > HEAD) {
            isDropping = !isWanted();
        }
    }

    private boolean isSlice() {
        return type == SLICE || type == IDR_SLICE;
    }

    /** A NAL unit's header was read: does the picture at hand end in front of it, and are its bytes of interest? */
    private void begin() {
        if ((type >= SEI && type <= DELIMITER) || (type >= FIRST_OPENING && type <= LAST_OPENING)) {
            endPicture();
        }
        isDropping = !(isSlice() || type == SPS || type == PPS) || found != null;
    }

    private void endNal() {
        if (!isInNal || isDropping || length == 0) {
            return;
        }
        if (type == SPS) {
            keep(sequenceSets, Arrays.copyOf(nal, length), 4, MOST_SPS_ID);
        } else if (type == PPS) {
            keep(pictureSets, Arrays.copyOf(nal, length), 1, MOST_PPS_ID);
        } else if (length > HEAD || isWanted()) {
            slices.add(Arrays.copyOf(nal, length));
            sliceBytes += length;
        }
    }

    /** The head of a slice is there: does the picture at hand end in front of it, and does it belong to one that we want? */
    private boolean isWanted() {
        Rbsp head = new Rbsp(Rbsp.unescape(Arrays.copyOf(nal, Math.min(length, HEAD))), 1);
        int firstMb = head.ue();
        int sliceType = head.ue(9) % SLICE_TYPES;
        if (head.isBroken()) {
            spoil();
            return false;
        }
        if (firstMb == 0) {
            endPicture();
            isSpoilt = false;
        }
        if (sliceType != I || slices.size() == MOST_SLICES) {
            spoil();
        }
        return found == null && !isSpoilt;
    }

    private static void keep(Map<Integer, byte[]> sets, byte[] nal, int idAt, int mostId) {
        if (nal.length > MOST_SET_BYTES) {
            return;
        }
        byte[] rbsp = Rbsp.unescape(nal);
        Rbsp in = new Rbsp(rbsp, idAt);
        int id = in.ue(mostId);
        if (!in.isBroken()) {
            sets.put(id, rbsp);
        }
    }

    private void spoil() {
        slices.clear();
        sliceBytes = 0;
        isSpoilt = true;
    }

    private void endPicture() {
        if (!slices.isEmpty()) {
            found = assemble();
        }
        spoil();
    }

    /** Null if its parameter sets have not come. */
    private @Nullable Keyframe assemble() {
        Map<Integer, byte[]> pps = new HashMap<>();
        byte[] sps = null;
        List<byte[]> units = new ArrayList<>();
        for (byte[] slice : slices) {
            byte[] unit = Rbsp.unescape(slice);
            Rbsp head = new Rbsp(unit, 1);
            head.ue();
            head.ue();
            int id = head.ue(MOST_PPS_ID);
            byte[] set = pictureSets.get(id);
            if (head.isBroken() || set == null) {
                return null;
            }
            pps.put(id, set);
            Rbsp ids = new Rbsp(set, 1);
            ids.ue();
            byte[] ofSet = sequenceSets.get(ids.ue(MOST_SPS_ID));
            if (ids.isBroken() || ofSet == null || (sps != null && sps != ofSet)) {
                return null;
            }
            sps = ofSet;
            units.add(unit);
        }
        return sps == null ? null : new Keyframe(sps, Map.copyOf(pps), List.copyOf(units));
    }

    /** Bytes are missing here: what was collected of a picture is of no use. */
    void onGap() {
        isInNal = false;
        zeros = 0;
        spoil();
    }

    /** The stream has ended: so have its last NAL unit and its last picture. */
    void finish() {
        if (found == null) {
            endNal();
            isInNal = false;
        }
        if (found == null) {
            endPicture();
        }
    }
}
