// SPDX-License-Identifier: Apache-2.0
package io.medicloud.srt;

import java.net.InetSocketAddress;

/**
 * What a caller says of itself in its conclusion handshake (draft-sharabayko-srt, 4.3.1.2).
 *
 * @param peer where it calls from
 * @param local the listener's address
 * @param streamId its stream id, empty if it sent none; {@link SrtStreamId} reads it. One that is not UTF-8 is a string
 *     as {@link SrtStreamId#decode} makes it: two ids that differ in any byte are different strings, too
 * @param version the version of SRT that it speaks, as {@code 0x010505} for 1.5.5 ({@link SrtOption#MINVERSION} is told in
 *     the same way); 0 if it is not known. The stack {@code libsrt} never knows: libsrt asks before it has read that, and
 *     refuses versions by {@link SrtOption#MINVERSION} alone
 */
public record SrtRequest(InetSocketAddress peer, InetSocketAddress local, String streamId, int version) {

    /** A caller whose version is not known. */
    public SrtRequest(InetSocketAddress peer, InetSocketAddress local, String streamId) {
        this(peer, local, streamId, 0);
    }

    /** Its stream id, byte by byte as it was sent, without the zeros that fill up its last word. */
    public byte[] streamIdBytes() {
        return SrtStreamId.encode(streamId);
    }
}
