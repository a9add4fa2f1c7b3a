// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.stream;

/** What was asked of the streams cannot be done; the message is for the one who asked. */
public final class StreamException extends Exception {
    private static final long serialVersionUID = 1;

    /** What kind of reason it is. */
    public enum Kind {
        /** A field is ill-formed; the message names it. */
        INVALID,
        /** There is a stream of that id. */
        ALREADY_EXISTS,
        /** There is no stream of that id. */
        NOT_FOUND,
        /** A limit is reached; the message says which. */
        EXHAUSTED,
        /** The service is not set up for it; the message says what to set. */
        PRECONDITION,
        /** Not now; later it may. */
        UNAVAILABLE
    }

    private final Kind kind;

    public StreamException(Kind kind, String message) {
        super(message);
        this.kind = kind;
    }

    public Kind kind() {
        return kind;
    }
}
