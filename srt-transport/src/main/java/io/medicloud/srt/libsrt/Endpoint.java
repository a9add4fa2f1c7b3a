// SPDX-License-Identifier: Apache-2.0
package io.medicloud.srt.libsrt;

/** A libsrt socket that the loop looks after. Every method is called on the loop thread. */
interface Endpoint {

    /** Something is ready: bits of {@code SRT_EPOLL_OPT}. True if more is ready than was served, for fairness. */
    boolean onEvents(int events, long nowUs);

    /** Called every turn of the loop, some milliseconds apart, while {@link #wantsTurns}. */
    void onTurn(long nowUs);

    /** True while it waits for something that no event tells. */
    boolean wantsTurns();

    /** The stack closes: end at once. */
    void onStackClosed(long nowUs);
}
