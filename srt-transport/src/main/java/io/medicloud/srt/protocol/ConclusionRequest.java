// SPDX-License-Identifier: Apache-2.0
package io.medicloud.srt.protocol;

import io.medicloud.srt.packet.HandshakeExtensions;
import io.medicloud.srt.packet.HandshakePacket;
import io.medicloud.srt.packet.SrtPacket;
import io.netty.buffer.ByteBuf;

/**
 * A CONCLUSION whose cookie was right and whose contents are sound (draft 4.3.1.2).
 *
 * @param address the caller's, 4 or 16 bytes
 * @param baseUs our clock's time at timestamp 0 of the caller
 */
@SuppressWarnings("ArrayRecordComponent") // compared by its key alone
public record ConclusionRequest(
        byte[] address,
        int port,
        int socketId,
        int initialSeqNo,
        int mtu,
        int flowWindow,
        int synCookie,
        int encryptionField,
        int extensionField,
        long baseUs,
        HandshakeExtensions extensions) {
    static ConclusionRequest of(ByteBuf packet, byte[] address, int port, HandshakeExtensions x, long nowUs) {
        return new ConclusionRequest(
                address,
                port,
                HandshakePacket.socketId(packet),
                HandshakePacket.initialSeqNo(packet),
                HandshakePacket.mtu(packet),
                HandshakePacket.flowWindow(packet),
                HandshakePacket.synCookie(packet),
                HandshakePacket.encryptionField(packet),
                HandshakePacket.extensionField(packet),
                nowUs - Integer.toUnsignedLong(SrtPacket.timestamp(packet)),
                x);
    }

    public String streamId() {
        return extensions.streamId();
    }

    /** Major, minor and patch version, a byte each. */
    public int srtVersion() {
        return extensions.srtVersion();
    }

    /** Whether the caller wants to encrypt. */
    public boolean isEncrypted() {
        return extensions.kmType() == HandshakeExtensions.KMREQ;
    }
}
