// SPDX-License-Identifier: Apache-2.0
package io.medicloud.srt.packet;

/** What is wrong with a datagram, as far as its bytes alone tell. */
public enum PacketFault {
    /** Nothing: the packet is well-formed. */
    NONE,
    /** Shorter than the 16 bytes of a header. */
    TRUNCATED_HEADER,
    /** A data packet without payload, which would occupy its sequence number for nothing. */
    EMPTY_PAYLOAD,
    /** A data packet that says both keys. */
    BAD_KEY_FLAGS,
    /** A control type that the draft does not define; to be ignored. */
    UNKNOWN_CONTROL_TYPE,
    /** The control information field is shorter than its type needs. */
    TRUNCATED_CIF,
    /** A handshake whose version, sequence number, MTU or window cannot be meant. */
    IMPLAUSIBLE_HANDSHAKE,
    /** An extension block runs past the end of the handshake. */
    TRUNCATED_EXTENSION,
    /** A sequence number with bit 31 set, or a range that runs backwards. */
    BAD_SEQUENCE_RANGE,
    /** A key material message whose fields or length are not those of draft 3.2.2. */
    BAD_KEY_MATERIAL;

    /** How many faults there are, for tables of counters. */
    public static final int COUNT = values().length;
}
