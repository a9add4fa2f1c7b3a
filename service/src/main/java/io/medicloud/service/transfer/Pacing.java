// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.transfer;

import io.netty.buffer.ByteBuf;

/** Says when a message is due. Time is an argument; one stream, one thread. */
interface Pacing {
    /** Due at once, always: as fast as the connection takes it. */
    Pacing NONE = (message, nowUs) -> nowUs;

    /**
     * When to send a message.
     *
     * @param message lent; asked once for each message, in order
     * @return microseconds on the clock of {@code nowUs}; what lies in the past is due now
     */
    long dueUs(ByteBuf message, long nowUs);

    /** A constant rate. */
    final class Constant implements Pacing {
        private static final double BITS_US = 8e6;

        private final double usPerByte;
        private boolean isBegun;
        private double dueUs;

        Constant(long bitsPerSecond) {
            this.usPerByte = BITS_US / bitsPerSecond;
        }

        @Override
        public long dueUs(ByteBuf message, long nowUs) {
            if (!isBegun) {
                isBegun = true;
                dueUs = nowUs;
            }
            long due = (long) dueUs;
            dueUs += message.readableBytes() * usPerByte;
            return due;
        }
    }
}
