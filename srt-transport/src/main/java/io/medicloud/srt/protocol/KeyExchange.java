// SPDX-License-Identifier: Apache-2.0
package io.medicloud.srt.protocol;

import io.medicloud.srt.RejectReason;
import io.medicloud.srt.crypto.KeyRefresh;
import io.medicloud.srt.crypto.KeySet;
import io.medicloud.srt.crypto.KeySource;
import io.medicloud.srt.crypto.Passphrase;
import io.medicloud.srt.packet.ExtensionWriter;
import io.medicloud.srt.packet.HandshakeExtensions;
import io.medicloud.srt.packet.KeyMaterial;
import io.medicloud.srt.packet.KmState;
import io.netty.buffer.ByteBuf;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The key exchange within a handshake (draft 6.1.5): the initiator makes the key, the responder takes it over for its own sending. */
final class KeyExchange {
    /** No encryption on either side. */
    private static final KeyExchange PLAIN = new KeyExchange(null, null, null, null, null);

    private final @Nullable KeySet receiveKeys;
    private final @Nullable KeyRefresh sendKeys;
    private final byte @Nullable [] message;
    private final @Nullable KmState failure;
    private final @Nullable RejectReason rejection;

    private KeyExchange(
            @Nullable KeySet receiveKeys,
            @Nullable KeyRefresh sendKeys,
            byte @Nullable [] message,
            @Nullable KmState failure,
            @Nullable RejectReason rejection) {
        this.receiveKeys = receiveKeys;
        this.sendKeys = sendKeys;
        this.message = message;
        this.failure = failure;
        this.rejection = rejection;
    }

    /** The initiator's part, to a peer with this encryption field: a fresh key, if there is a passphrase. */
    static KeyExchange request(HandshakeTerms terms, int peersEncryption, KeySource source) {
        Passphrase passphrase = terms.passphrase();
        if (passphrase == null) {
            return PLAIN;
        }
        byte[] salt = source.next(KeyMaterial.SALT_LENGTH);
        KeySet sending =
                KeySet.create(passphrase, terms.initiatorCipher(), terms.initiatorKeyLength(peersEncryption), salt);
        KeyRefresh refresh = KeyRefresh.begin(sending, source, terms.refreshRate(), terms.preannounce());
        return new KeyExchange(sending.fork(), refresh, refresh.firstMessage().encode(), null, null);
    }

    /** The responder's part. May derive a key, which takes about a millisecond. */
    static KeyExchange respond(HandshakeTerms terms, HandshakeExtensions request, KeySource source) {
        Passphrase passphrase = terms.passphrase();
        byte[] content = request.km();
        if (request.kmType() != HandshakeExtensions.KMREQ || content == null) {
            return passphrase == null ? PLAIN : refuse(terms, RejectReason.UNSECURE, KmState.UNSECURED);
        }
        KeyMaterial km = KeyMaterial.parse(content);
        if (km == null) {
            return reject(RejectReason.ROGUE);
        }
        if (passphrase == null) {
            return refuse(terms, RejectReason.UNSECURE, KmState.NOSECRET);
        }
        boolean isOldGcm =
                km.cipher() == KeyMaterial.CIPHER_GCM && request.srtVersion() < HandshakeTerms.FIRST_GCM_VERSION;
        boolean fits = terms.cipher() == 0 || terms.cipher() == km.cipher();
        if (isOldGcm || !fits) {
            return refuse(terms, RejectCodes.CRYPTO, KmState.BADCRYPTOMODE);
        }
        KeySet keys = KeySet.unwrap(passphrase, km);
        if (keys == null) {
            return refuse(terms, RejectReason.BAD_SECRET, KmState.BADSECRET);
        }
        KeyRefresh refresh = KeyRefresh.adopt(keys.fork(), source, terms.refreshRate(), terms.preannounce());
        return new KeyExchange(keys, refresh, content, null, null);
    }

    /** The initiator's conclusion from the response. */
    KeyExchange conclude(HandshakeTerms terms, HandshakeExtensions response) {
        byte[] content = response.km();
        boolean isAnswered = response.kmType() == HandshakeExtensions.KMRSP && content != null;
        if (message == null) {
            return isAnswered && terms.enforcesEncryption() ? reject(RejectReason.UNSECURE) : this;
        }
        boolean isOldGcm = terms.initiatorCipher() == KeyMaterial.CIPHER_GCM
                && response.srtVersion() < HandshakeTerms.FIRST_GCM_VERSION;
        if (isAnswered && Arrays.equals(message, content)) {
            return isOldGcm ? reject(RejectCodes.CRYPTO) : this;
        }
        RejectReason reason = RejectReason.UNSECURE;
        if (isAnswered && content != null) {
            boolean isState = content.length == Integer.BYTES;
            reason = switch (isState ? KmState.of(content[0]) : KmState.SECURED) {
                case BADSECRET -> RejectReason.BAD_SECRET;
                case BADCRYPTOMODE -> RejectCodes.CRYPTO;
                case SECURED, SECURING -> RejectReason.ROGUE;
                case UNSECURED, NOSECRET -> RejectReason.UNSECURE;
            };
        }
        // The peer cannot read us, nor we it; what we send stays encrypted.
        return terms.enforcesEncryption() ? reject(reason) : new KeyExchange(null, sendKeys, message, null, null);
    }

    private static KeyExchange refuse(HandshakeTerms terms, RejectReason reason, KmState state) {
        return terms.enforcesEncryption() ? reject(reason) : new KeyExchange(null, null, null, state, null);
    }

    private static KeyExchange reject(RejectReason reason) {
        return new KeyExchange(null, null, null, null, reason);
    }

    @Nullable
    RejectReason rejection() {
        return rejection;
    }

    @Nullable
    KeySet receiveKeys() {
        return receiveKeys;
    }

    @Nullable
    KeyRefresh sendKeys() {
        return sendKeys;
    }

    /** Whether {@link #write} would write anything. */
    boolean hasExtension() {
        return message != null || failure != null;
    }

    /** Appends the KMREQ or KMRSP, if any. */
    void write(ByteBuf out, int type) {
        if (message != null) {
            ExtensionWriter.writeBytes(out, type, message);
        } else if (failure != null) {
            ExtensionWriter.writeKmState(out, failure);
        }
    }
}
