// SPDX-License-Identifier: Apache-2.0
package io.medicloud.pipeline.store;

import org.jspecify.annotations.Nullable;

/** A store did not do what it was asked to do; {@link #kind()} says whether asking again can help. */
public final class StoreException extends Exception {
    private static final long serialVersionUID = 1;

    /** What kind of failure it was. */
    public enum Kind {
        /** Network, time-out, throttling, a fault of the server: heals by itself. */
        UNREACHABLE,
        /** Credentials, permissions, no such bucket: heals when somebody changes a configuration. */
        REFUSED,
        /** This object alone, for what it is (too long): others may pass. Heals when somebody changes the store's limits. */
        UNFIT,
        /** An object with other bytes stands under that key. It is not overwritten, and never will be. */
        CONFLICT,
        /** The segment's file on our side cannot be read. */
        LOCAL
    }

    private final Kind kind;
    private final boolean isAbsent;

    public StoreException(Kind kind, String message, @Nullable Throwable cause) {
        this(kind, false, message, cause);
    }

    private StoreException(Kind kind, boolean isAbsent, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.kind = kind;
        this.isAbsent = isAbsent;
    }

    /** There is no object of that key: {@link Kind#REFUSED} to whoever needs one. */
    static StoreException absent(String message, Throwable cause) {
        return new StoreException(Kind.REFUSED, true, message, cause);
    }

    /** Is it that there is no such object? */
    public boolean isAbsent() {
        return isAbsent;
    }

    /** Whether, and when, another attempt can help. */
    public Kind kind() {
        return kind;
    }
}
