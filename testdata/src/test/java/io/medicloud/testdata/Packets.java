// SPDX-License-Identifier: Apache-2.0
package io.medicloud.testdata;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Takes transport streams apart again, as plainly as can be. */
final class Packets {
    private Packets() {}

    static List<byte[]> of(byte[] stream) {
        assertThat(stream.length % 188).isZero();
        List<byte[]> packets = new ArrayList<>();
        for (int at = 0; at < stream.length; at += 188) {
            assertThat(stream[at]).isEqualTo((byte) 0x47);
            packets.add(Arrays.copyOfRange(stream, at, at + 188));
        }
        return packets;
    }

    static int pid(byte[] packet) {
        return (packet[1] & 0x1F) << 8 | (packet[2] & 0xFF);
    }

    static int counter(byte[] packet) {
        return packet[3] & 15;
    }

    static boolean isStart(byte[] packet) {
        return (packet[1] & 0x40) != 0;
    }

    static boolean hasPayload(byte[] packet) {
        return (packet[3] & 0x10) != 0;
    }

    static boolean isRandomAccess(byte[] packet) {
        return (packet[3] & 0x20) != 0 && packet[4] != 0 && (packet[5] & 0x40) != 0;
    }

    static boolean hasPcr(byte[] packet) {
        return (packet[3] & 0x20) != 0 && packet[4] != 0 && (packet[5] & 0x10) != 0;
    }

    static long pcr(byte[] packet) {
        long base = 0;
        for (int i = 6; i < 10; i++) {
            base = base << 8 | (packet[i] & 0xFF);
        }
        base = base << 1 | (packet[10] >> 7 & 1);
        return base * 300 + ((packet[10] & 1) << 8 | (packet[11] & 0xFF));
    }

    static byte[] payload(byte[] packet) {
        int from = (packet[3] & 0x20) == 0 ? 4 : 5 + (packet[4] & 0xFF);
        return hasPayload(packet) ? Arrays.copyOfRange(packet, from, 188) : new byte[0];
    }

    /** All payload bytes of a PID. */
    static byte[] payload(byte[] stream, int pid) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (byte[] packet : of(stream)) {
            if (pid(packet) == pid) {
                out.writeBytes(payload(packet));
            }
        }
        return out.toByteArray();
    }

    static void assertContinuous(byte[] stream) {
        int[] last = new int[0x2000];
        Arrays.fill(last, -1);
        for (byte[] packet : of(stream)) {
            int pid = pid(packet);
            if (last[pid] >= 0 && pid != 0x1FFF) {
                assertThat(counter(packet)).isEqualTo(hasPayload(packet) ? (last[pid] + 1 & 15) : last[pid]);
            }
            last[pid] = counter(packet);
        }
    }
}
