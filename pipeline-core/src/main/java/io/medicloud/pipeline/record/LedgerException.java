// SPDX-License-Identifier: Apache-2.0
package io.medicloud.pipeline.record;

import org.jspecify.annotations.Nullable;

/** A change is not in the record yet, or will not get there; the message says why, in one line. */
public final class LedgerException extends Exception {
    private static final long serialVersionUID = 1;

    /** @param message why, in one line */
    public LedgerException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
