// SPDX-License-Identifier: Apache-2.0
package io.medicloud.srt.protocol;

import io.medicloud.srt.SrtOptions;
import io.medicloud.srt.SrtPacketFilter;
import io.medicloud.srt.crypto.KeyRefresh;
import io.medicloud.srt.crypto.KeySet;
import io.medicloud.srt.packet.SrtFlags;
import org.jspecify.annotations.Nullable;

/** Whom a {@link LoneSession} talks to, and how it is secured and protected. */
@SuppressWarnings("ArrayRecordComponent") // handed to the session, never compared
record LoneSetup(
        SrtOptions options,
        int peerFlags,
        @Nullable SrtPacketFilter filter,
        @Nullable KeySet receiveKeys,
        @Nullable KeyRefresh sendKeys,
        byte[] handshakeAnswer,
        long startUs) {
    static final int ALL_FLAGS =
            SrtFlags.TSBPDSND | SrtFlags.TSBPDRCV | SrtFlags.TLPKTDROP | SrtFlags.PERIODICNAK | SrtFlags.REXMITFLG;

    static LoneSetup of(SrtOptions options) {
        return new LoneSetup(options, ALL_FLAGS, null, null, null, new byte[80], 50_000_000);
    }

    LoneSetup peer(int flags) {
        return new LoneSetup(options, flags, filter, receiveKeys, sendKeys, handshakeAnswer, startUs);
    }

    LoneSetup filter(String text) {
        SrtPacketFilter parsed = SrtPacketFilter.parse(text);
        return new LoneSetup(options, peerFlags, parsed, receiveKeys, sendKeys, handshakeAnswer, startUs);
    }

    LoneSetup keys(@Nullable KeySet receive, @Nullable KeyRefresh send) {
        return new LoneSetup(options, peerFlags, filter, receive, send, handshakeAnswer, startUs);
    }

    LoneSetup answering(byte[] answer) {
        return new LoneSetup(options, peerFlags, filter, receiveKeys, sendKeys, answer, startUs);
    }

    LoneSetup startingAt(long us) {
        return new LoneSetup(options, peerFlags, filter, receiveKeys, sendKeys, handshakeAnswer, us);
    }

    LoneSession begin() {
        return new LoneSession(this);
    }
}
