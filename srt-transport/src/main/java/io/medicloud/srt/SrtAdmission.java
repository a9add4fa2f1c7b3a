// SPDX-License-Identifier: Apache-2.0
package io.medicloud.srt;

/**
 * Decides about a caller before its connection exists.
 *
 * <p>Called on a thread of the stack, one call at a time for each listener, while the caller waits and everything else
 * on that UDP port waits too: answer from memory, and close neither the listener nor the stack in it. A lost answer makes the caller ask again, so the same request may be
 * decided twice. What it throws rejects the caller with {@link RejectReason#INTERNAL_SERVER_ERROR}.
 */
@FunctionalInterface
public interface SrtAdmission {

    /** The verdict on one caller. */
    SrtVerdict decide(SrtRequest request);
}
