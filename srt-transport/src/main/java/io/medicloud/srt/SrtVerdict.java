// SPDX-License-Identifier: Apache-2.0
package io.medicloud.srt;

/** The answer of an {@link SrtAdmission}. */
public sealed interface SrtVerdict {

    /** Accepts on the listener's own terms. */
    static SrtVerdict accept(SrtSink sink) {
        return new Accept(sink, "");
    }

    /** Accepts if the caller knows this passphrase, whatever the listener's own is. */
    static SrtVerdict accept(SrtSink sink, String passphrase) {
        return new Accept(sink, passphrase);
    }

    /** Rejects; the caller is told the reason. */
    static SrtVerdict reject(RejectReason reason) {
        return new Reject(reason);
    }

    /**
     * The caller may connect, if its encryption fits.
     *
     * @param sink takes what it sends; if its encryption does not fit, told {@link SrtSink#onClosed} alone
     * @param passphrase of this caller, 10 to 79 bytes; empty: the listener's
     */
    record Accept(SrtSink sink, String passphrase) implements SrtVerdict {
        /** Checks the passphrase. */
        public Accept {
            SrtOption.PASSPHRASE.check(passphrase);
        }

        @Override
        public String toString() {
            return passphrase.isEmpty() ? "Accept" : "Accept[passphrase=***]";
        }
    }

    /**
     * The caller is turned away.
     *
     * @param reason one that an application may give: its code is 1000 or more
     */
    record Reject(RejectReason reason) implements SrtVerdict {
        /** Checks that the reason is an application's. */
        public Reject {
            if (!reason.isFromApplication()) {
                throw new IllegalArgumentException("an application rejects with a code of 1000 or more, not " + reason);
            }
        }
    }
}
