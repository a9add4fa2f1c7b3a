// SPDX-License-Identifier: Apache-2.0
package io.medicloud.testdata;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The committed sound, an AAC loop of ADTS frames (ISO/IEC 13818-7, 6.2) that goes on for ever. Immutable. */
final class AdtsLoop {
    /** 1024 samples at 48 kHz in 90 kHz ticks: no remainder. */
    static final int FRAME_TICKS = 1920;

    private static final String RESOURCE = "tone.adts";

    private final List<byte[]> frames = new ArrayList<>();

    AdtsLoop() {
        byte[] all = load();
        for (int at = 0; at < all.length; ) {
            int length = (all[at + 3] & 3) << 11 | (all[at + 4] & 0xFF) << 3 | (all[at + 5] & 0xFF) >> 5;
            frames.add(Arrays.copyOfRange(all, at, at + length));
            at += length;
        }
    }

    byte[] frame(long number) {
        return frames.get((int) (number % frames.size()));
    }

    private static byte[] load() {
        try (InputStream in = AdtsLoop.class.getResourceAsStream(RESOURCE)) {
            if (in == null) {
                throw new IllegalStateException(RESOURCE + " is not beside " + AdtsLoop.class);
            }
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
