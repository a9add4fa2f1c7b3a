// SPDX-License-Identifier: Apache-2.0
package io.medicloud.srt.contract;

import io.medicloud.srt.SrtConnection;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import java.io.IOException;
import java.io.OutputStream;
import java.util.concurrent.locks.LockSupport;

/** Bytes that look like transport stream packets, and are fed at a steady rate, as an encoder would. */
final class PacedBytes {

    /** Seven packets: what one SRT message carries. */
    static final int MESSAGE = 7 * 188;

    private static final int PACKET = 188;

    private PacedBytes() {}

    /** So many packets, each with a sync byte, its number, and a pattern of its own. */
    static byte[] packets(int count) {
        byte[] bytes = new byte[count * PACKET];
        for (int n = 0; n < count; n++) {
            int at = n * PACKET;
            bytes[at] = 0x47;
            bytes[at + 1] = 1;
            bytes[at + 3] = (byte) (0x10 | (n & 15));
            for (int j = 4; j < PACKET; j++) {
                bytes[at + j] = (byte) (j < 8 ? n >> (8 * (7 - j)) : 31 * n + 7 * j);
            }
        }
        return bytes;
    }

    /** Has srt-live-transmit send message by message at a rate in Mbit/s, as soon as it is connected. */
    static void feed(byte[] bytes, PeerProcess peer, double mbps) throws IOException {
        peer.awaitConnected();
        OutputStream to = peer.input();
        long begin = System.nanoTime();
        for (int at = 0; at < bytes.length; at += MESSAGE) {
            pace(begin, at, mbps);
            to.write(bytes, at, Math.min(MESSAGE, bytes.length - at));
            to.flush();
        }
    }

    /** Sends message by message at a rate in Mbit/s. */
    static void send(byte[] bytes, SrtConnection to, double mbps) {
        long begin = System.nanoTime();
        for (int at = 0; at < bytes.length; at += MESSAGE) {
            pace(begin, at, mbps);
            ByteBuf message = PooledByteBufAllocator.DEFAULT.directBuffer(MESSAGE);
            message.writeBytes(bytes, at, Math.min(MESSAGE, bytes.length - at));
            while (!to.send(message)) {
                LockSupport.parkNanos(1_000_000);
            }
        }
    }

    private static void pace(long begin, int at, double mbps) {
        long due = begin + (long) (at * 8_000L / mbps);
        while (System.nanoTime() < due) {
            LockSupport.parkNanos(due - System.nanoTime());
        }
    }
}
