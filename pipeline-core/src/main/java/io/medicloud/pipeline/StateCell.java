// SPDX-License-Identifier: Apache-2.0
package io.medicloud.pipeline;

/** Holds a stream's state; several threads move it, and a move that has become impossible is refused. */
final class StateCell {
    private volatile PipelineState state = PipelineState.WAITING;

    PipelineState get() {
        return state;
    }

    /** False if the state cannot be left for that one: somebody else was faster. */
    synchronized boolean moveTo(PipelineState next) {
        if (!state.canMoveTo(next)) {
            return false;
        }
        state = next;
        return true;
    }
}
