// SPDX-License-Identifier: Apache-2.0
package io.medicloud.pipeline.store;

/** What the circuit breaker of a store's endpoint lets through. */
public enum BreakerState {
    /** Every attempt. */
    CLOSED,
    /** A few, as probes. */
    HALF_OPEN,
    /** None, for a while. */
    OPEN
}
