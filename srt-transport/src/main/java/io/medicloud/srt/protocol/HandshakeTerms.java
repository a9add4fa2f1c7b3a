// SPDX-License-Identifier: Apache-2.0
package io.medicloud.srt.protocol;

import io.medicloud.srt.SrtOption;
import io.medicloud.srt.SrtOptions;
import io.medicloud.srt.SrtPacketFilter;
import io.medicloud.srt.crypto.KeyRefresh;
import io.medicloud.srt.crypto.Passphrase;
import io.medicloud.srt.packet.KeyMaterial;
import io.medicloud.srt.packet.SrtFlags;
import org.jspecify.annotations.Nullable;

/**
 * What this end brings to a handshake.
 *
 * @param mtu whole IP packet, in bytes
 * @param flowWindow packets that we have room for
 * @param receiveLatencyMs least TSBPD delay here
 * @param peerLatencyMs least TSBPD delay at the peer
 * @param byTimestamp TSBPD
 * @param dropsTooLate too-late packet drop
 * @param repeatsNak periodic NAK
 * @param passphrase null for a plain connection
 * @param keyLength 16, 24, 32 bytes, or 0: the peer's, or 16
 * @param cipher {@link KeyMaterial#CIPHER_CTR}, {@link KeyMaterial#CIPHER_GCM}, or 0: the peer's, or CTR
 * @param enforcesEncryption a peer whose encryption does not fit is rejected
 * @param leastVersion oldest SRT version of a peer
 * @param packetFilter as {@link SrtPacketFilter} reads it; empty if none
 * @param streamId for a caller to send; empty if none
 * @param connectTimeoutUs how long a caller tries
 */
public record HandshakeTerms(
        int mtu,
        int flowWindow,
        int receiveLatencyMs,
        int peerLatencyMs,
        boolean byTimestamp,
        boolean dropsTooLate,
        boolean repeatsNak,
        @Nullable Passphrase passphrase,
        int keyLength,
        int cipher,
        boolean enforcesEncryption,
        int leastVersion,
        String packetFilter,
        String streamId,
        long refreshRate,
        long preannounce,
        long connectTimeoutUs) {
    /** The SRT version that we announce: peers allow features by it. */
    static final int VERSION = 0x010505;

    /** The version from which on HSv5 exists. */
    static final int FIRST_HSV5_VERSION = 0x010300;

    /** The version from which on AES-GCM is as we do it. */
    static final int FIRST_GCM_VERSION = 0x010504;

    private static final int STANDARD_KEY_LENGTH = 16;

    /** What the options ask for. */
    public static HandshakeTerms of(SrtOptions options) {
        long rate = options.number(SrtOption.KMREFRESHRATE);
        long preannounce = options.number(SrtOption.KMPREANNOUNCE);
        long refreshRate = rate == 0 ? KeyRefresh.DEFAULT_RATE : rate;
        boolean byTimestamp = options.flag(SrtOption.TSBPD);
        return new HandshakeTerms(
                (int) Math.min(options.number(SrtOption.MSS), 1500),
                SessionPolicy.of(options).receiveBufferPackets(),
                byTimestamp ? latency(options, SrtOption.RCVLATENCY) : 0,
                byTimestamp ? latency(options, SrtOption.PEERLATENCY) : 0,
                byTimestamp,
                byTimestamp && options.flag(SrtOption.TLPKTDROP),
                options.flag(SrtOption.NAKREPORT),
                options.passphrase().isEmpty() ? null : new Passphrase(options.passphrase()),
                (int) options.number(SrtOption.PBKEYLEN),
                cipher((int) options.number(SrtOption.CRYPTOMODE)),
                options.flag(SrtOption.ENFORCEDENCRYPTION),
                (int) options.number(SrtOption.MINVERSION),
                options.text(SrtOption.PACKETFILTER),
                options.streamId(),
                refreshRate,
                Math.min(preannounce == 0 ? KeyRefresh.DEFAULT_PREANNOUNCE : preannounce, (refreshRate - 1) / 2),
                options.number(SrtOption.CONNTIMEO) * 1000);
    }

    /**
     * The same terms for one caller.
     *
     * @param own its passphrase; null: ours
     * @param latencyMs its latency; 0: ours
     */
    public HandshakeTerms forCaller(@Nullable Passphrase own, int latencyMs) {
        boolean isOwnLatency = latencyMs > 0 && byTimestamp;
        return new HandshakeTerms(
                mtu,
                flowWindow,
                isOwnLatency ? latencyMs : receiveLatencyMs,
                isOwnLatency ? latencyMs : peerLatencyMs,
                byTimestamp,
                dropsTooLate,
                repeatsNak,
                own == null ? passphrase : own,
                keyLength,
                cipher,
                enforcesEncryption,
                leastVersion,
                packetFilter,
                streamId,
                refreshRate,
                preannounce,
                connectTimeoutUs);
    }

    /** The flags of our HSREQ. */
    int flags() {
        int flags = SrtFlags.CRYPT | SrtFlags.REXMITFLG | SrtFlags.PACKET_FILTER;
        flags |= byTimestamp ? SrtFlags.TSBPDSND | SrtFlags.TSBPDRCV : 0;
        flags |= dropsTooLate ? SrtFlags.TLPKTDROP : 0;
        flags |= repeatsNak ? SrtFlags.PERIODICNAK : 0;
        return flags;
    }

    /** Whether one of this version, which speaks HSv5, is older than a peer may be: 1.3 it is at least, whatever it says of itself. */
    boolean isTooOld(int peerVersion) {
        return peerVersion < leastVersion && leastVersion > FIRST_HSV5_VERSION;
    }

    /** The encryption field of our handshakes as long as the peer's is not known; see {@link #encryptionField(int)}. */
    int encryptionField() {
        return encryptionField(0);
    }

    /**
     * The encryption field of our handshakes: the key length that we ask for, else the peer's, in words of 8 bytes; 0 if neither asks for one, or without
     * passphrase. A libsrt that only receives gives up its own wish for what it is told, so nothing is told that nobody asked for.
     */
    int encryptionField(int peers) {
        if (passphrase == null) {
            return 0;
        }
        boolean isLength = peers == 2 || peers == 3 || peers == 4;
        return keyLength == 0 && isLength ? peers : keyLength / 8;
    }

    /** The length of an initiator's key, to a peer with this encryption field. */
    int initiatorKeyLength(int peers) {
        int words = encryptionField(peers);
        return words == 0 ? STANDARD_KEY_LENGTH : 8 * words;
    }

    int initiatorCipher() {
        return cipher == 0 ? KeyMaterial.CIPHER_CTR : cipher;
    }

    private static int latency(SrtOptions options, SrtOption own) {
        boolean common = !options.isSet(own) && options.isSet(SrtOption.LATENCY);
        return (int) options.number(common ? SrtOption.LATENCY : own);
    }

    private static int cipher(int cryptoMode) {
        return switch (cryptoMode) {
            case 1 -> KeyMaterial.CIPHER_CTR;
            case 2 -> KeyMaterial.CIPHER_GCM;
            default -> 0;
        };
    }
}
