// SPDX-License-Identifier: Apache-2.0
package io.medicloud.testdata;

import java.io.ByteArrayOutputStream;

/** Builds an adaptation field (ISO/IEC 13818-1, 2.4.3.4) without its length byte. Not thread-safe. */
public final class AdaptationField {
    private static final int PCR_BASE_BITS = 33;

    private int flags;
    private byte[] pcr = new byte[0];
    private byte[] opcr = new byte[0];
    private int spliceCountdown;
    private byte[] privateData = new byte[0];
    private byte[] extension = new byte[0];

    /** Sets discontinuity_indicator. */
    public AdaptationField discontinuity() {
        flags |= 0x80;
        return this;
    }

    /** Sets random_access_indicator. */
    public AdaptationField randomAccess() {
        flags |= 0x40;
        return this;
    }

    /** Carries a PCR, in 27 MHz ticks; its base wraps at 33 bits. */
    public AdaptationField pcr(long ticks) {
        flags |= 0x10;
        pcr = clock(ticks);
        return this;
    }

    /** Carries an OPCR, in 27 MHz ticks. */
    public AdaptationField opcr(long ticks) {
        flags |= 0x08;
        opcr = clock(ticks);
        return this;
    }

    /** Carries splice_countdown: packets of this PID until the splice point. */
    public AdaptationField spliceCountdown(int packets) {
        flags |= 0x04;
        spliceCountdown = packets;
        return this;
    }

    /** Carries transport_private_data. */
    public AdaptationField privateData(byte[] data) {
        flags |= 0x02;
        privateData = data.clone();
        return this;
    }

    /** Carries an adaptation field extension: {@code body} is what follows its length byte, possibly nothing. */
    public AdaptationField extension(byte[] body) {
        flags |= 0x01;
        extension = body.clone();
        return this;
    }

    byte[] bytes() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(flags);
        out.writeBytes(pcr);
        out.writeBytes(opcr);
        if ((flags & 0x04) != 0) {
            out.write(spliceCountdown);
        }
        if ((flags & 0x02) != 0) {
            out.write(privateData.length);
            out.writeBytes(privateData);
        }
        if ((flags & 0x01) != 0) {
            out.write(extension.length);
            out.writeBytes(extension);
        }
        return out.toByteArray();
    }

    private static byte[] clock(long ticks) {
        long base = Math.floorDiv(ticks, 300L) & (1L << PCR_BASE_BITS) - 1;
        int ext = Math.floorMod(ticks, 300);
        return new byte[] {
            (byte) (base >> 25),
            (byte) (base >> 17),
            (byte) (base >> 9),
            (byte) (base >> 1),
            (byte) (base << 7 | 0x7E | ext >> 8),
            (byte) ext
        };
    }
}
