// SPDX-License-Identifier: Apache-2.0
package io.medicloud.mpegts.es;

/**
 * Walks the messages of a supplemental enhancement information NAL unit (14496-10, 7.3.2.3.1), byte by byte, in search of
 * the recovery point (payload type 6, D.1.8), which may be any of them.
 */
final class SeiReader {
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

    /** A NAL unit begins. */
    void begin() {
        state = State.TYPE;
        type = 0;
        size = 0;
        recoveryFrameCount = -1;
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
                size--;
                if (size == 0) {
                    begin();
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
            begin();
        } else {
            state = State.PAYLOAD;
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
