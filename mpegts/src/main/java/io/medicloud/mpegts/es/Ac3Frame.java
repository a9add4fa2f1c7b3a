// SPDX-License-Identifier: Apache-2.0
package io.medicloud.mpegts.es;

import org.jspecify.annotations.Nullable;

/** AC-3, and Enhanced AC-3 (ETSI TS 102 366, 4.3 and E.1.2). */
final class Ac3Frame implements AudioFrame {
    private static final int SYNC = 0x0B77;
    private static final int[] SAMPLE_RATES = {48000, 44100, 32000};
    private static final int[] REDUCED_SAMPLE_RATES = {24000, 22050, 16000};
    private static final int[] KBITS = {
        32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384, 448, 512, 576, 640
    };
    /** Locations of the channels of each acmod, as bits of chanmap from its most significant (E.1.3.1.8). */
    private static final int[] LOCATIONS = {0xA000, 0x4000, 0xA000, 0xE000, 0xA100, 0xE100, 0xB800, 0xF800};

    private static final int LOW_FREQUENCY = 0x0001;
    /** Locations that are pairs of channels: Lc/Rc, Lrs/Rrs, Lsd/Rsd, Lw/Rw, Vhl/Vhr, Lts/Rts. */
    private static final int PAIRS = 0x0674;

    private static final int DEPENDENT = 1;
    private static final int LAST_AC3_ID = 10;
    private static final int LAST_EAC3_ID = 16;

    @Override
    public int length(byte[] data, int at) {
        if (AudioFrame.word(data, at) != SYNC) {
            return 0;
        }
        int identification = identification(data, at);
        if (identification > LAST_EAC3_ID) {
            return 0;
        }
        if (identification > LAST_AC3_ID) {
            return sampleRate(data, at) == 0 ? 0 : 2 * ((AudioFrame.word(data, at + 2) & 0x07FF) + 1);
        }
        int rateCode = (data[at + 4] & 0xFF) >> 6;
        int sizeCode = data[at + 4] & 0x3F;
        if (rateCode == 3 || sizeCode >> 1 >= KBITS.length) {
            return 0;
        }
        int kbits = KBITS[sizeCode >> 1];
        return switch (rateCode) {
            case 0 -> 4 * kbits;
            case 1 -> 2 * (kbits * 96000 / 44100 + (sizeCode & 1));
            default -> 6 * kbits;
        };
    }

    @Override
    public @Nullable AudioHeader header(byte[] data, int at, int end) {
        if (identification(data, at) > LAST_AC3_ID) {
            return isDependent(data, at)
                    ? null
                    : new AudioHeader("eac3", sampleRate(data, at), enhancedChannels(data, at, end));
        }
        int rate = SAMPLE_RATES[(data[at + 4] & 0xFF) >> 6] >> Math.max(0, identification(data, at) - 8);
        BitReader in = new BitReader(new byte[] {data[at + 6], data[at + 7]}, 2);
        int mode = in.u(3);
        if ((mode & 1) != 0 && mode != 1) {
            in.skip(2);
        }
        if ((mode & 4) != 0) {
            in.skip(2);
        }
        if (mode == 2) {
            in.skip(2);
        }
        return new AudioHeader("ac3", rate, count(LOCATIONS[mode] | (in.flag() ? LOW_FREQUENCY : 0)));
    }

    private static boolean isDependent(byte[] data, int at) {
        return (data[at + 2] & 0xFF) >> 6 == DEPENDENT;
    }

    /** bsid stands at the same place in both. */
    private static int identification(byte[] data, int at) {
        return (data[at + 5] & 0xFF) >> 3;
    }

    private static int sampleRate(byte[] data, int at) {
        int code = (data[at + 4] & 0xFF) >> 6;
        int reduced = data[at + 4] >> 4 & 3;
        return code < 3 ? SAMPLE_RATES[code] : reduced < 3 ? REDUCED_SAMPLE_RATES[reduced] : 0;
    }

    /** Those of the independent substream, and what the dependent substreams behind it add. */
    private int enhancedChannels(byte[] data, int at, int end) {
        int locations = locations(data, at);
        int next = at + length(data, at);
        while (next + HEADER_BYTES <= end && length(data, next) > 0 && isDependent(data, next)) {
            locations |= chanmap(data, next);
            next += length(data, next);
        }
        return count(locations);
    }

    private static int locations(byte[] data, int at) {
        return LOCATIONS[data[at + 4] >> 1 & 7] | (data[at + 4] & 1) * LOW_FREQUENCY;
    }

    /** From bsid on: dialnorm, compre [compr], in dual mono twice, chanmape [chanmap] (E.1.2.2). */
    private static int chanmap(byte[] data, int at) {
        byte[] header = new byte[HEADER_BYTES - 5];
        System.arraycopy(data, at + 5, header, 0, header.length);
        BitReader in = new BitReader(header, header.length);
        in.skip(5);
        boolean dualMono = (data[at + 4] >> 1 & 7) == 0;
        for (int i = 0; i < (dualMono ? 2 : 1); i++) {
            in.skip(5);
            if (in.flag()) {
                in.skip(8);
            }
        }
        return in.flag() ? in.u(16) : locations(data, at);
    }

    private static int count(int locations) {
        return Integer.bitCount(locations) + Integer.bitCount(locations & PAIRS);
    }
}
