// SPDX-License-Identifier: Apache-2.0
package io.medicloud.srt.packet;

import io.medicloud.srt.SrtStreamId;
import io.netty.buffer.ByteBuf;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The extensions of a handshake (draft 3.2.1.1), in any order. Unknown types are skipped by their length (encoders in the field send some), a
 * block that runs past the end stops the reading, and what is not there has the value an absent extension has. Immutable.
 */
public final class HandshakeExtensions {
    public static final int HSREQ = 1;
    public static final int HSRSP = 2;
    public static final int KMREQ = 3;
    public static final int KMRSP = 4;
    public static final int SID = 5;
    public static final int CONGESTION = 6;
    public static final int FILTER = 7;
    public static final int GROUP = 8;
    /** The longest stream id, in bytes (3.2.1.3). */
    public static final int LONGEST_STREAM_ID = 512;

    private static final int HS_LENGTH = 12;
    private static final int LONGEST_TEXT = LONGEST_STREAM_ID;

    private PacketFault fault = PacketFault.NONE;
    private boolean isCutOff;
    private int hsType;
    private int srtVersion;
    private int flags;
    private int receiverLatencyMs;
    private int senderLatencyMs;
    private String streamId = "";
    private String congestion = "";
    private String filter = "";
    private boolean hasGroup;
    private int kmType;
    private byte @Nullable [] km;

    private HandshakeExtensions() {}

    /** Reads the extensions of a handshake that {@link SrtPacket#check} found well-formed. */
    public static HandshakeExtensions parse(ByteBuf handshake) {
        HandshakeExtensions extensions = new HandshakeExtensions();
        int at = ControlPacket.cifStart(handshake) + HandshakePacket.CIF_LENGTH;
        int end = handshake.writerIndex();
        while (end - at >= 4) {
            int type = handshake.getUnsignedShort(at);
            int length = handshake.getUnsignedShort(at + 2) * 4;
            at += 4;
            if (end - at < length) {
                extensions.isCutOff = extensions.fault == PacketFault.NONE;
                extensions.fault = PacketFault.TRUNCATED_EXTENSION;
                break;
            }
            extensions.read(type, handshake, at, length);
            at += length;
        }
        return extensions;
    }

    private void read(int type, ByteBuf buf, int at, int length) {
        switch (type) {
            case HSREQ, HSRSP -> readHs(type, buf, at, length);
            case KMREQ, KMRSP -> readKm(type, buf, at, length);
            case SID -> streamId = readText(buf, at, length);
            case CONGESTION -> congestion = readText(buf, at, length);
            case FILTER -> filter = readText(buf, at, length);
            case GROUP -> hasGroup = true;
            default -> {
                // Skipped: "unknown extensions shall be ignored".
            }
        }
    }

    private void readHs(int type, ByteBuf buf, int at, int length) {
        if (length < HS_LENGTH) {
            fault = PacketFault.TRUNCATED_EXTENSION;
            return;
        }
        hsType = type;
        srtVersion = buf.getInt(at);
        flags = buf.getInt(at + 4);
        receiverLatencyMs = buf.getUnsignedShort(at + 8);
        senderLatencyMs = buf.getUnsignedShort(at + 10);
    }

    private void readKm(int type, ByteBuf buf, int at, int length) {
        if (length == 0 || length > KeyMaterial.LONGEST) {
            fault = PacketFault.BAD_KEY_MATERIAL;
            return;
        }
        kmType = type;
        km = new byte[length];
        buf.getBytes(at, km);
    }

    /** Texts are carried in little-endian words, padded with zeros to a multiple of four bytes. */
    private String readText(ByteBuf buf, int at, int length) {
        if (length > LONGEST_TEXT) {
            fault = PacketFault.TRUNCATED_EXTENSION;
            return "";
        }
        byte[] text = new byte[length];
        for (int i = 0; i < length; i++) {
            text[i] = buf.getByte(at + (i ^ 3));
        }
        int used = length;
        while (used > 0 && text[used - 1] == 0) {
            used--;
        }
        return SrtStreamId.decode(Arrays.copyOf(text, used));
    }

    /** What was wrong with the last block that was; the good ones before it were read. */
    public PacketFault fault() {
        return fault;
    }

    /** Whether nothing was wrong but that the last block runs past the end. */
    public boolean isCutOff() {
        return isCutOff;
    }

    /** {@link #HSREQ}, {@link #HSRSP}, or 0 when there is neither. */
    public int hsType() {
        return hsType;
    }

    /** Major, minor and patch version, a byte each. */
    public int srtVersion() {
        return srtVersion;
    }

    /** A set of {@link SrtFlags}. */
    public int flags() {
        return flags;
    }

    /** The latency of the sender's own receiver. */
    public int receiverLatencyMs() {
        return receiverLatencyMs;
    }

    /** The latency that the sender proposes for its peer's receiver. */
    public int senderLatencyMs() {
        return senderLatencyMs;
    }

    /** The stream id, or empty; whatever its bytes are, {@link SrtStreamId#encode} has them. */
    public String streamId() {
        return streamId;
    }

    public String congestion() {
        return congestion;
    }

    public String filter() {
        return filter;
    }

    public boolean hasGroup() {
        return hasGroup;
    }

    /** {@link #KMREQ}, {@link #KMRSP}, or 0 when there is neither. */
    public int kmType() {
        return kmType;
    }

    /** The key material message, or the one word of a KMRSP that only tells a state; a copy. */
    public byte @Nullable [] km() {
        return km == null ? null : km.clone();
    }
}
