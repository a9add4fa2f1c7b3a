// SPDX-License-Identifier: Apache-2.0
package io.medicloud.srt.packet;

/** The control types of draft 3.2, table 1. */
public enum ControlType {
    HANDSHAKE(0x0000, HandshakePacket.CIF_LENGTH),
    KEEPALIVE(0x0001, 0),
    ACK(0x0002, 4),
    NAK(0x0003, 4),
    CONGESTION_WARNING(0x0004, 0),
    SHUTDOWN(0x0005, 0),
    ACKACK(0x0006, 0),
    DROPREQ(0x0007, 8),
    PEERERROR(0x0008, 0),
    USER(0x7FFF, 4),
    /** Any other type. */
    UNKNOWN(-1, 0);

    private final int code;
    private final int leastCifLength;

    ControlType(int code, int leastCifLength) {
        this.code = code;
        this.leastCifLength = leastCifLength;
    }

    public int code() {
        return code;
    }

    int leastCifLength() {
        return leastCifLength;
    }

    static ControlType of(int code) {
        return switch (code) {
            case 0x0000 -> HANDSHAKE;
            case 0x0001 -> KEEPALIVE;
            case 0x0002 -> ACK;
            case 0x0003 -> NAK;
            case 0x0004 -> CONGESTION_WARNING;
            case 0x0005 -> SHUTDOWN;
            case 0x0006 -> ACKACK;
            case 0x0007 -> DROPREQ;
            case 0x0008 -> PEERERROR;
            case 0x7FFF -> USER;
            default -> UNKNOWN;
        };
    }
}
