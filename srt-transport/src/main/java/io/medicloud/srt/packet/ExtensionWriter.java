// SPDX-License-Identifier: Apache-2.0
package io.medicloud.srt.packet;

import io.medicloud.srt.SrtStreamId;
import io.netty.buffer.ByteBuf;

/** Appends extensions to a handshake (draft 3.2.1.1). */
public final class ExtensionWriter {
    private ExtensionWriter() {}

    /** Writes a {@link HandshakeExtensions#HSREQ} or {@link HandshakeExtensions#HSRSP}. */
    public static void writeHs(
            ByteBuf out, int type, int srtVersion, int flags, int receiverLatencyMs, int senderLatencyMs) {
        out.writeShort(type);
        out.writeShort(3);
        out.writeInt(srtVersion);
        out.writeInt(flags);
        out.writeShort(receiverLatencyMs);
        out.writeShort(senderLatencyMs);
    }

    /** Writes a SID, CONGESTION or FILTER: zero-padded, each word byte-reversed. */
    public static void writeText(ByteBuf out, int type, String text) {
        byte[] bytes = SrtStreamId.encode(text);
        int words = (bytes.length + 3) / 4;
        out.writeShort(type);
        out.writeShort(words);
        for (int i = 0; i < 4 * words; i++) {
            int from = i ^ 3;
            out.writeByte(from < bytes.length ? bytes[from] : 0);
        }
    }

    /** Writes key material, or any content that is in natural byte order, of a whole number of words. */
    public static void writeBytes(ByteBuf out, int type, byte[] content) {
        out.writeShort(type);
        out.writeShort(content.length / 4);
        out.writeBytes(content);
    }

    /** The KMRSP of a failure: one word that, unlike all others, is little-endian. */
    public static void writeKmState(ByteBuf out, KmState state) {
        out.writeShort(HandshakeExtensions.KMRSP);
        out.writeShort(1);
        out.writeIntLE(state.code());
    }
}
