// SPDX-License-Identifier: Apache-2.0
package io.medicloud.mpegts.es;

import org.jspecify.annotations.Nullable;

/** A kind of audio frame that begins with a sync word and says its length. */
sealed interface AudioFrame permits AdtsFrame, LatmFrame, Ac3Frame, MpegAudioFrame, DtsFrame {
    /** Bytes from the sync word on that both methods need to see. */
    int HEADER_BYTES = 16;

    /** The length in bytes of the frame whose header stands here, or 0 if none does. */
    int length(byte[] data, int at);

    /** What the header says; null if this frame does not say. */
    @Nullable
    AudioHeader header(byte[] data, int at, int end);

    /** The sixteen bits that stand here. */
    static int word(byte[] data, int at) {
        return (data[at] & 0xFF) << 8 | (data[at + 1] & 0xFF);
    }
}
