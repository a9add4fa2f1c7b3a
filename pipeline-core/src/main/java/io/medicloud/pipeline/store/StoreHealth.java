// SPDX-License-Identifier: Apache-2.0
package io.medicloud.pipeline.store;

/**
 * Whether a store can take segments.
 *
 * @param state what it is
 * @param reason one line for people; empty when all is well
 */
public record StoreHealth(State state, String reason) {
    /** All is well. */
    public static final StoreHealth OK = new StoreHealth(State.OK, "");

    /** The states that an operator has to tell apart. */
    public enum State {
        /** Takes segments. */
        OK,
        /** Does not answer, or answers that it cannot now; heals by itself. */
        UNREACHABLE,
        /** Answers that it will not: credentials, permissions, no bucket; heals when a configuration changes. */
        REFUSED
    }

    /** Can it take segments? */
    public boolean isOk() {
        return state == State.OK;
    }

    /** The health that a failure tells of. What is wrong with one object says nothing against the store. */
    public static StoreHealth of(StoreException failure) {
        String reason = String.valueOf(failure.getMessage());
        return switch (failure.kind()) {
            case UNREACHABLE -> new StoreHealth(State.UNREACHABLE, reason);
            case REFUSED -> new StoreHealth(State.REFUSED, reason);
            case UNFIT, CONFLICT, LOCAL -> OK;
        };
    }
}
