// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.security;

/** Why a caller over SRT was turned away, as far as it is to be told. */
public enum CallerRefusal {
    /** It calls from where none may. */
    ADDRESS("not from an allowed address"),
    /** It calls too often. */
    RATE("too many calls"),
    /** It is not listened to for a while. */
    BANNED("banned"),
    /** It does not know the passphrase. */
    PASSPHRASE("wrong passphrase"),
    /** It asks for what is not there, or in a way that cannot be met. */
    STREAM_ID("stream id not accepted");

    private final String phrase;

    CallerRefusal(String phrase) {
        this.phrase = phrase;
    }

    /** For people. */
    public String phrase() {
        return phrase;
    }
}
