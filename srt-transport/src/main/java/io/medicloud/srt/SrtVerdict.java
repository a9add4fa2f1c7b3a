// SPDX-License-Identifier: Apache-2.0
package io.medicloud.srt;

/** The answer of an {@link SrtAdmission}. */
public sealed interface SrtVerdict {

    /** Accepts on the listener's own terms. */
    static SrtVerdict accept(SrtSink sink) {
        return new Accept(sink, "", 0);
    }

    /** Accepts if the caller knows this passphrase, whatever the listener's own is. */
    static SrtVerdict accept(SrtSink sink, String passphrase) {
        return new Accept(sink, passphrase, 0);
    }

    /** Accepts if the caller knows this passphrase, at a latency of this caller's own. */
    static SrtVerdict accept(SrtSink sink, String passphrase, int latencyMs) {
        return new Accept(sink, passphrase, latencyMs);
    }

    /** Rejects; the caller is told the reason. */
    static SrtVerdict reject(RejectReason reason) {
        return new Reject(reason);
    }

    /**
     * Not decided yet: the caller is not answered, and so asks again (libsrt every 250 ms, or every second where its application
     * waits, for three seconds in all), until it is, or has given up. Where a stack cannot leave a caller without an answer it is
     * rejected.
     *
     * @param otherwise the reason of that, as of {@link #reject}
     * @param onRejected called if it is, on the thread that asked
     */
    static SrtVerdict later(RejectReason otherwise, Runnable onRejected) {
        return new Later(new Reject(otherwise), onRejected);
    }

    /**
     * The caller may connect, if its encryption fits.
     *
     * @param sink takes what it sends; if its encryption does not fit, told {@link SrtSink#onClosed} alone
     * @param passphrase of this caller, 10 to 79 bytes; empty: the listener's
     * @param latencyMs the least latency in both directions ({@link SrtOption#LATENCY}); 0: the listener's
     */
    record Accept(SrtSink sink, String passphrase, int latencyMs) implements SrtVerdict {
        /** Checks the passphrase and the latency. */
        public Accept {
            SrtOption.PASSPHRASE.check(passphrase);
            SrtOption.LATENCY.check((long) latencyMs);
        }

        @Override
        public String toString() {
            return "Accept[" + (passphrase.isEmpty() ? "" : "passphrase=***, ") + "latencyMs=" + latencyMs + "]";
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

    /**
     * The caller is to ask again.
     *
     * @param otherwise what it is told where it cannot be made to
     * @param onRejected is told of that
     */
    record Later(Reject otherwise, Runnable onRejected) implements SrtVerdict {}
}
