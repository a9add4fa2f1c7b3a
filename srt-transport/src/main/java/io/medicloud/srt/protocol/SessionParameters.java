// SPDX-License-Identifier: Apache-2.0
package io.medicloud.srt.protocol;

import io.medicloud.srt.SrtPacketFilter;
import io.medicloud.srt.crypto.KeyRefresh;
import io.medicloud.srt.crypto.KeySet;
import io.medicloud.srt.filter.FecEncoder;
import io.medicloud.srt.packet.SrtFlags;
import org.jspecify.annotations.Nullable;

/**
 * What a handshake agreed on.
 *
 * @param socketId ours
 * @param peerSocketId the destination of what we send
 * @param sendSeqNo sequence number of the first packet we send
 * @param receiveSeqNo sequence number of the first packet we receive
 * @param mtu whole IP packet, in bytes
 * @param flowWindow packets that the peer has room for
 * @param receivesByTimestamp whether we do TSBPD
 * @param receiveLatencyMs TSBPD delay here
 * @param peerLatencyMs TSBPD delay at the peer
 * @param peerFlags the peer's {@link SrtFlags}
 * @param peerVersion the peer's SRT version, a byte each
 * @param streamId empty if none
 * @param filter the packet filter in force, null if none
 * @param startUs our clock's time at timestamp 0 of what we send
 * @param peerBaseUs our clock's time at timestamp 0 of what the peer sends
 * @param receiveKeys null if what comes in is plain, or cannot be decrypted
 * @param sendKeys null if what goes out is plain
 */
public record SessionParameters(
        int socketId,
        int peerSocketId,
        int sendSeqNo,
        int receiveSeqNo,
        int mtu,
        int flowWindow,
        boolean receivesByTimestamp,
        int receiveLatencyMs,
        int peerLatencyMs,
        int peerFlags,
        int peerVersion,
        String streamId,
        @Nullable SrtPacketFilter filter,
        long startUs,
        long peerBaseUs,
        @Nullable KeySet receiveKeys,
        @Nullable KeyRefresh sendKeys) {
    /** Longest payload of a data packet as it is on the wire, in bytes. */
    int wirePayloadSize() {
        return mtu - SessionCounters.HEADERS - (filter == null ? 0 : FecEncoder.overhead());
    }

    boolean peerHas(int flag) {
        return (peerFlags & flag) != 0;
    }

    /** Whether TSBPD is in force for what we receive. */
    boolean deliversByTimestamp() {
        return receivesByTimestamp && peerHas(SrtFlags.TSBPDSND);
    }
}
