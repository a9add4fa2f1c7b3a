// SPDX-License-Identifier: Apache-2.0
package io.medicloud.mpegts.es;

import io.netty.buffer.ByteBuf;

/**
 * Reads the elementary stream bytes of one PES packet, from its first payload byte, until the first slice of its first
 * access unit tells what that access unit is. One per video PID, used again for each PES packet.
 *
 * <p>Call {@link #begin} when a PES packet begins, {@link #scan} with each piece of its payload until that returns true,
 * and {@link #end} when the payload ends before that; or go on with the next one's payload, if {@link #isOpen}. A PES packet that does not begin with an access unit is decided at
 * once: it is not aligned, and its kind is {@link RandomAccess#NONE}.
 *
 * <p>Any bytes may come; nothing is thrown for them. Buffers are lent. Nothing is allocated after construction. Not
 * thread-safe. Clauses: 14496-10 7.4.1.2, D.2.8; 23008-2 7.4.2.4.4; 13818-2 6.1.1.6.
 */
public final class AccessUnitProbe {
    /**
     * How far beyond its first slice's start a picture is read whose first slice is an I slice and does not say that all are
     * (slice_type 2): bytes. Without another slice so far, the picture counts as an I picture.
     */
    private static final int MOST_LOOK_AHEAD = 32 * 1024;

    private final AccessUnitReader reader;
    private final NalScanner scanner;
    private boolean decided;
    private long lookAheadEnd;

    private AccessUnitProbe(VideoCodec codec) {
        reader = switch (codec) {
            case H264 -> new AvcAccessUnitReader(null);
            case HEVC -> new HevcAccessUnitReader(null);
            case MPEG2 -> new Mpeg2AccessUnitReader(null);
        };
        scanner = new NalScanner(reader, codec != VideoCodec.MPEG2);
        begin();
    }

    /** A probe for elementary streams of this codec. */
    public static AccessUnitProbe of(VideoCodec codec) {
        return new AccessUnitProbe(codec);
    }

    /** A PES packet begins. */
    public void begin() {
        reader.reset();
        scanner.reset();
        decided = false;
        lookAheadEnd = 0;
    }

    /**
     * Reads the next piece of the PES packet's payload.
     *
     * @param data lent; its indices are not touched
     * @param from absolute index of the piece's first byte
     * @param to absolute index behind its last byte
     * @return whether all is known that will be known; then further calls do nothing
     */
    public boolean scan(ByteBuf data, int from, int to) {
        if (decided) {
            return true;
        }
        scanner.scan(data, from, to);
        boolean hopeless = reader.isBegun() ? !beginsHere() : scanner.isSearchingBeyondStart();
        if (hopeless || reader.isDone()) {
            decided = true;
        } else if (reader.isPictured()) {
            if (lookAheadEnd == 0) {
                lookAheadEnd = scanner.position() + MOST_LOOK_AHEAD;
            }
            decided = scanner.position() >= lookAheadEnd;
        }
        return decided;
    }

    /** The PES packet's payload ends here: what is known of its access unit is all there is. */
    public void end() {
        decided = true;
    }

    /** Whether the access unit begins at the first payload byte and has not come to its first slice: it may go on in the next PES packet. */
    public boolean isOpen() {
        return !decided && isAligned() && !reader.isPictured();
    }

    /** Whether {@link #scan} has nothing left to find out. */
    public boolean isDecided() {
        return decided;
    }

    /** Whether the access unit begins at the PES packet's first payload byte; zero bytes may lead its start code. */
    public boolean isAligned() {
        return reader.isWhole() && beginsHere();
    }

    /** What the access unit that begins at the first payload byte is; {@link RandomAccess#NONE} until decided. */
    public RandomAccess kind() {
        return decided && isAligned() ? reader.kind() : RandomAccess.NONE;
    }

    /** recovery_frame_cnt: frames until pictures are right (14496-10, D.2.8). Above 0 it is a gradual refresh. */
    public int recoveryFrameCount() {
        return kind() == RandomAccess.RECOVERY_POINT ? reader.recoveryFrameCount() : 0;
    }

    /** Whether the access unit brought SPS and PPS (HEVC also VPS; MPEG-2 its sequence header) before its first slice. */
    public boolean hasParameterSets() {
        return isAligned() && reader.hasParameterSets();
    }

    private boolean beginsHere() {
        return reader.leadingZeros() == 0;
    }
}
