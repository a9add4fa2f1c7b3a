// SPDX-License-Identifier: Apache-2.0
package io.medicloud.mpegts.packet;

/** Packet identifiers with a fixed meaning (ISO/IEC 13818-1, table 2-3; EN 300 468, table 1). A PID has 13 bits. */
public final class Pid {
    /** No PID: what a fault says that belongs to none. */
    public static final int NONE = -1;
    /** Program association table. */
    public static final int PAT = 0x0000;
    /** Conditional access table. */
    public static final int CAT = 0x0001;
    /** The first that a program map may have; the last is {@code 0x1FFE} (ISO/IEC 13818-1, table 2-3). */
    public static final int FIRST_MAP = 0x0010;
    /** Network information table. */
    public static final int NIT = 0x0010;
    /** Service description table (and BAT). */
    public static final int SDT = 0x0011;
    /** The last of the PIDs that EN 300 468 keeps for service information. */
    public static final int LAST_SI = 0x001F;
    /** Null packets: stuffing whose counter means nothing. */
    public static final int NULL = 0x1FFF;
    /** How many PIDs there are. */
    public static final int COUNT = 0x2000;

    private Pid() {}
}
