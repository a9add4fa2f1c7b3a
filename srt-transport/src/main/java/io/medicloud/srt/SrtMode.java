// SPDX-License-Identifier: Apache-2.0
package io.medicloud.srt;

/** Who calls whom. */
public enum SrtMode {
    /** Waits for callers. */
    LISTENER,
    /** Calls a listener. */
    CALLER,
    /** Both call each other. */
    RENDEZVOUS
}
