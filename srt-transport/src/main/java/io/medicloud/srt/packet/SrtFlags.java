// SPDX-License-Identifier: Apache-2.0
package io.medicloud.srt.packet;

/** The flags of HSREQ and HSRSP (draft 3.2.1.1.1). */
public final class SrtFlags {
    public static final int TSBPDSND = 0x01;
    public static final int TSBPDRCV = 0x02;
    public static final int CRYPT = 0x04;
    public static final int TLPKTDROP = 0x08;
    public static final int PERIODICNAK = 0x10;
    public static final int REXMITFLG = 0x20;
    public static final int STREAM = 0x40;
    public static final int PACKET_FILTER = 0x80;

    private SrtFlags() {}
}
