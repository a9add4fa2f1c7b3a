// SPDX-License-Identifier: Apache-2.0
package io.medicloud.mpegts.packet;

/** Is told what is wrong with a stream. Called on the thread that hands the data in, in the order of the stream. */
@FunctionalInterface
public interface FaultSink {
    /** Takes no notice. */
    FaultSink NONE = (fault, pid) -> {};

    /**
     * Something is wrong.
     *
     * @param fault what
     * @param pid the PID it happened on, or {@link Pid#NONE}
     */
    void onFault(TsFault fault, int pid);
}
