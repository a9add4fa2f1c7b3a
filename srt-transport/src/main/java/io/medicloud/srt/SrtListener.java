// SPDX-License-Identifier: Apache-2.0
package io.medicloud.srt;

import java.net.InetSocketAddress;
import java.util.Map;

/** A bound UDP port that takes callers. All methods may be called from any thread. */
public interface SrtListener extends AutoCloseable {

    /** Where it is bound, with the real port. */
    InetSocketAddress localAddress();

    /** Callers that became connections since the start. */
    long accepted();

    /** Callers that were turned away since the start, by reason: by the admission, or by the stack (wrong passphrase, …). */
    Map<RejectReason, Long> rejected();

    /**
     * Datagrams on this port that the system has discarded, because they came faster than they were read, up to a second ago; −1 if it does not say. A
     * larger {@code net.core.rmem_max}, or fewer streams, help.
     */
    default long systemDrops() {
        return -1;
    }

    /**
     * Takes no more callers. Accepted connections live on; the UDP port is free again when the last of them is closed,
     * at once if there is none.
     */
    @Override
    void close();
}
