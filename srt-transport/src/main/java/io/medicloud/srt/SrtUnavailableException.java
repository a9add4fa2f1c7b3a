// SPDX-License-Identifier: Apache-2.0
package io.medicloud.srt;

import java.io.IOException;

/** No SRT stack can be used here. The message is one line that says what is missing and what to install. */
public final class SrtUnavailableException extends IOException {

    private static final long serialVersionUID = 1;

    /** With that line. */
    public SrtUnavailableException(String message) {
        super(message);
    }
}
