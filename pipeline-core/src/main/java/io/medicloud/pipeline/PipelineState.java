// SPDX-License-Identifier: Apache-2.0
package io.medicloud.pipeline;

import java.util.Set;

/** Where a stream is in its life; knows its moves. */
public enum PipelineState {
    /** Set up; nobody has ever sent anything. */
    WAITING,
    /** A source is connected; no packet has come yet. */
    CONNECTED,
    /** Packets come. */
    STREAMING,
    /** The source went away and may come back. */
    RECONNECTING,
    /** Nothing more comes in; what is held goes to disk, and from there to the store. */
    STOPPING,
    /** Over, as somebody wanted it to be. */
    ENDED,
    /** Over, against everybody's wish. */
    FAILED;

    /** Can it be the next state? */
    public boolean canMoveTo(PipelineState next) {
        return switch (this) {
            case WAITING -> Set.of(CONNECTED, STOPPING).contains(next);
            case CONNECTED -> Set.of(STREAMING, WAITING, RECONNECTING, STOPPING).contains(next);
            case STREAMING -> Set.of(RECONNECTING, STOPPING).contains(next);
            case RECONNECTING -> Set.of(CONNECTED, STOPPING).contains(next);
            case STOPPING -> Set.of(ENDED, FAILED).contains(next);
            case ENDED, FAILED -> false;
        };
    }

    /** Is nothing left to happen? */
    public boolean isFinal() {
        return this == ENDED || this == FAILED;
    }
}
