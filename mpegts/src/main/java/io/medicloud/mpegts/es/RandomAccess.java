// SPDX-License-Identifier: Apache-2.0
package io.medicloud.mpegts.es;

/** How a decoder can start at an access unit, if at all. */
public enum RandomAccess {
    /** It cannot. */
    NONE,
    /** An IDR picture: nothing after it refers to anything before it (14496-10, 3.69; 23008-2, 3.62). */
    IDR,
    /** A recovery point SEI message: right from the picture that its recovery_frame_cnt names (14496-10, D.2.8). */
    RECOVERY_POINT,
    /** A clean random access picture: leading pictures that follow it may not decode (23008-2, 3.26). */
    CRA,
    /** A broken link access picture: its RASL pictures do not decode (23008-2, 3.15). */
    BLA,
    /** An intra picture that brings its parameter sets, or MPEG-2 sequence header, and no other mark. */
    I
}
