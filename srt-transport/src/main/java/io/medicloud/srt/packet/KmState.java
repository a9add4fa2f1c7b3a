// SPDX-License-Identifier: Apache-2.0
package io.medicloud.srt.packet;

/** How far the key exchange of one direction got (libsrt's SRT_KM_STATE). */
public enum KmState {
    UNSECURED(0),
    SECURING(1),
    SECURED(2),
    NOSECRET(3),
    BADSECRET(4),
    BADCRYPTOMODE(5);

    private final int code;

    KmState(int code) {
        this.code = code;
    }

    public int code() {
        return code;
    }

    /** The state with this code; {@link #BADSECRET} for a code that nobody defined. */
    public static KmState of(int code) {
        return switch (code) {
            case 0 -> UNSECURED;
            case 1 -> SECURING;
            case 2 -> SECURED;
            case 3 -> NOSECRET;
            case 5 -> BADCRYPTOMODE;
            default -> BADSECRET;
        };
    }
}
