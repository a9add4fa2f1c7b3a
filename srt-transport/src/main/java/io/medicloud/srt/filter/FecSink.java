// SPDX-License-Identifier: Apache-2.0
package io.medicloud.srt.filter;

import io.netty.buffer.ByteBuf;

/** Takes what a {@link FecDecoder} finds out. */
public interface FecSink {
    /** A packet was rebuilt, as it was on the wire: still encrypted if it was. Given; not marked as a retransmission. */
    void takeRebuilt(ByteBuf packet, long nowUs);

    /** A packet is missing, and all that could have rebuilt it has passed. */
    void onUnsolved(int seqNo, long nowUs);
}
