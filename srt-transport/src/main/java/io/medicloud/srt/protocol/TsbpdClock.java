// SPDX-License-Identifier: Apache-2.0
package io.medicloud.srt.protocol;

import io.medicloud.srt.packet.SrtTimestamp;

/**
 * Says when a packet is to be delivered (draft 4.5.1). The 32-bit timestamp is unwrapped to the turn nearest to what the sender's clock shows
 * now, so neither a wrap nor a damaged timestamp can move the base.
 */
final class TsbpdClock {
    private final long latencyUs;
    private long baseUs;

    /**
     * A clock in step with the sender's.
     *
     * @param baseUs arrival of the handshake's extension, less its timestamp
     */
    TsbpdClock(long baseUs, long latencyUs) {
        this.baseUs = baseUs;
        this.latencyUs = latencyUs;
    }

    /** When the packet left, on our clock; an offset that both ends share (the first one-way delay) included. */
    long originUs(int timestamp, long nowUs) {
        return baseUs + SrtTimestamp.unwrap(timestamp, nowUs - baseUs);
    }

    long deliveryUs(int timestamp, long nowUs) {
        return originUs(timestamp, nowUs) + latencyUs;
    }

    long latencyUs() {
        return latencyUs;
    }

    /** Everything is due so much later from now on. */
    void shift(long us) {
        baseUs += us;
    }
}
