// SPDX-License-Identifier: Apache-2.0
package io.medicloud.srt.interop;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** Messages of seven packets that look like a transport stream's, each packet with its number, so that any loss, repetition or damage shows. */
final class NumberedStream {
    static final int PACKET = 188;
    static final int PACKETS = 7;
    static final int MESSAGE = PACKETS * PACKET;
    private static final int TOLD = 40;

    private NumberedStream() {}

    static byte[] message(int number) {
        byte[] bytes = new byte[MESSAGE];
        for (int k = 0; k < PACKETS; k++) {
            write(bytes, k * PACKET, number * PACKETS + k);
        }
        return bytes;
    }

    private static void write(byte[] bytes, int at, int n) {
        bytes[at] = 0x47;
        bytes[at + 1] = 1;
        bytes[at + 3] = (byte) (0x10 | (n & 15));
        for (int i = 4; i < PACKET; i++) {
            bytes[at + i] = content(n, i);
        }
    }

    private static byte content(int n, int i) {
        return (byte) (i < 8 ? n >> (8 * (7 - i)) : 31 * n + 7 * i);
    }

    /**
     * What of a stream of {@code messages} is in {@code received}.
     *
     * @param missing messages of which something is missing, those among the last {@code tail} not counted
     * @param missed the first of these
     * @param wrong whole packets that are damaged, repeated or out of order
     * @param firstFault the first of these, or an empty text
     */
    record Tally(int missing, List<Integer> missed, int wrong, String firstFault) {}

    static Tally compare(byte[] received, int messages, int tail) {
        int[] found = new int[messages];
        int wrong = 0;
        String firstFault = "";
        int next = 0;
        for (int at = 0; at + PACKET <= received.length; at += PACKET) {
            int n = number(received, at);
            if (n < next || n >= messages * PACKETS || !isSound(received, at, n)) {
                if (wrong++ == 0) {
                    firstFault = String.format("at byte %d of %d number %d, expected %d", at, received.length, n, next);
                }
                continue;
            }
            next = n + 1;
            found[n / PACKETS]++;
        }
        int[] missed = IntStream.range(0, messages - tail)
                .filter(i -> found[i] < PACKETS)
                .toArray();
        List<Integer> first = Arrays.stream(missed).limit(TOLD).boxed().toList();
        return new Tally(
                missed.length,
                first,
                wrong,
                firstFault); // a program that is made to end may be cut short in its last packet
    }

    private static int number(byte[] bytes, int at) {
        int n = 0;
        for (int i = 4; i < 8; i++) {
            n = (n << 8) | (bytes[at + i] & 0xFF);
        }
        return n;
    }

    private static boolean isSound(byte[] bytes, int at, int n) {
        for (int i = 8; i < PACKET; i++) {
            if (bytes[at + i] != content(n, i)) {
                return false;
            }
        }
        return bytes[at] == 0x47;
    }
}
