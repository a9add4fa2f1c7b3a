// SPDX-License-Identifier: Apache-2.0
package io.medicloud.mpegts.es;

/**
 * Walks the messages of a supplemental enhancement information NAL unit (14496-10, 7.3.2.3.1), byte by byte, in search of
 * the recovery point (payload type 6, D.1.8), which may be any of them, and of pic_struct in the picture timing (type 1, D.1.3).
 */
final class SeiReader {
    private static final int PICTURE_TIMING = 1;
    private static final int RECOVERY_POINT = 6;
    /** recovery_frame_cnt is less than MaxFrameNum, so its code has at most 16 leading zeros. */
    private static final int MOST_LEADING_ZEROS = 16;

    private enum State {
        TYPE,
        SIZE,
        PAYLOAD
    }

    private State state = State.TYPE;
    private int type;
    private int size;
    private long bits;
    private int bitCount;
    private int recoveryFrameCount = -1;
    private int picStructOffset = -1;
    private int picStruct = -1;

    /** A NAL unit begins. */
    void begin() {
        recoveryFrameCount = -1;
        picStruct = -1;
        nextMessage();
    }

    /** Where pic_struct stands in picture timing messages, in bits; -1 if they have none. */
    void setPicStructOffset(int offset) {
        picStructOffset = offset;
    }

    /** pic_struct (table D-1) of the picture timing since {@link #begin}; -1 without. */
    int picStruct() {
        return picStruct;
    }

    private void nextMessage() {
        state = State.TYPE;
        type = 0;
        size = 0;
    }

    /** Whether a recovery point was found since {@link #begin}. */
    boolean hasRecoveryPoint() {
        return recoveryFrameCount >= 0;
    }

    int recoveryFrameCount() {
        return recoveryFrameCount;
    }

    /** Returns whether more bytes are wanted. */
    boolean onByte(int value) {
        switch (state) {
            case TYPE -> {
                type += value;
                if (value != 0xFF) {
                    state = State.SIZE;
                }
            }
            case SIZE -> {
                size += value;
                if (value != 0xFF) {
                    beginPayload();
                }
            }
            case PAYLOAD -> {
                if (type == RECOVERY_POINT) {
                    return readRecoveryPoint(value);
                }
                if (type == PICTURE_TIMING) {
                    readPictureTiming(value);
                }
                size--;
                if (size == 0) {
                    nextMessage();
                }
            }
        }
        // No message is that long: the sums would overflow.
        return type < 1 << 24 && size < 1 << 24;
    }

    private void beginPayload() {
        bits = 0;
        bitCount = 0;
        if (size == 0) {
            nextMessage();
        } else {
            state = State.PAYLOAD;
        }
    }

    private void readPictureTiming(int value) {
        bits = bits << 8 | value;
        bitCount += 8;
        int behind = bitCount - picStructOffset - 4;
        if (picStructOffset >= 0 && picStruct < 0 && behind >= 0) {
            picStruct = (int) (bits >>> behind) & 0x0F;
        }
    }

    private boolean readRecoveryPoint(int value) {
        bits = bits << 8 | value;
        bitCount += 8;
        int zeros = Long.numberOfLeadingZeros(bits << (64 - bitCount));
        if (zeros > MOST_LEADING_ZEROS) {
            return bitCount <= MOST_LEADING_ZEROS;
        }
        int length = 2 * zeros + 1;
        if (length > bitCount) {
            return true;
        }
        recoveryFrameCount = (int) (bits >>> (bitCount - length)) - 1;
        return false;
    }
}
