// SPDX-License-Identifier: Apache-2.0
package io.medicloud.srt.contract;

import io.medicloud.srt.packet.AckPacket;
import io.medicloud.srt.packet.ControlPacket;
import io.medicloud.srt.packet.ControlType;
import io.medicloud.srt.packet.PacketFault;
import io.medicloud.srt.packet.SeqNo;
import io.medicloud.srt.packet.SrtPacket;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Stands between a caller and a listener, and loses some of the data packets that come for the first time; nothing else. Counts the acknowledgements
 * that pass to the caller.
 */
final class LossyRelay implements AutoCloseable {
    private static final int MESSAGE_NUMBER = 0x03FF_FFFF;
    private static final int RETRANSMITTED = 0x0400_0000;

    /** In bytes, for what comes while a cold JVM has no time for the relay: the system must lose nothing besides. */
    private static final int ROOM = 2 << 20;

    private final DatagramSocket front = new DatagramSocket(SrtStackContract.ANY_PORT);
    private final DatagramSocket back = new DatagramSocket(SrtStackContract.ANY_PORT);
    private final InetSocketAddress listener;
    private final int every;
    private final int until;
    private final AtomicInteger lost = new AtomicInteger();
    private final AtomicInteger acks = new AtomicInteger();
    private final AtomicInteger newAcks = new AtomicInteger();
    private final AtomicInteger lightAcks = new AtomicInteger();
    private int lastAckSeqNo = SeqNo.NONE;
    private volatile SocketAddress caller;
    private int data;

    /** Loses one of so many data packets, up to a last one. */
    LossyRelay(InetSocketAddress listener, int every, int until) throws IOException {
        this.listener = listener;
        this.every = every;
        this.until = until;
        front.setReceiveBufferSize(ROOM);
        back.setReceiveBufferSize(ROOM);
        start("to-listener", () -> pump(front, back));
        start("to-caller", () -> pump(back, front));
    }

    private static void start(String name, Runnable work) {
        Thread thread = new Thread(work, name);
        thread.setDaemon(true);
        thread.start();
    }

    InetSocketAddress address() {
        return (InetSocketAddress) front.getLocalSocketAddress();
    }

    int lost() {
        return lost.get();
    }

    /** Full acknowledgements that passed. */
    int acks() {
        return acks.get();
    }

    /** Those of them that acknowledged more than the one before. */
    int newAcks() {
        return newAcks.get();
    }

    int lightAcks() {
        return lightAcks.get();
    }

    private void count(DatagramPacket packet) {
        ByteBuf control = Unpooled.wrappedBuffer(packet.getData(), 0, packet.getLength());
        if (SrtPacket.check(control) != PacketFault.NONE
                || !SrtPacket.isControl(control)
                || ControlPacket.type(control) != ControlType.ACK) {
            return;
        }
        if (AckPacket.isLight(control)) {
            lightAcks.incrementAndGet();
            return;
        }
        acks.incrementAndGet();
        int ackSeqNo = AckPacket.ackSeqNo(control);
        if (lastAckSeqNo == SeqNo.NONE || SeqNo.isBefore(lastAckSeqNo, ackSeqNo)) {
            lastAckSeqNo = ackSeqNo;
            newAcks.incrementAndGet();
        }
    }

    private void pump(DatagramSocket from, DatagramSocket to) {
        byte[] bytes = new byte[2048];
        try {
            while (true) {
                DatagramPacket packet = new DatagramPacket(bytes, bytes.length);
                from.receive(packet);
                if (from == front) {
                    caller = packet.getSocketAddress();
                } else {
                    count(packet);
                }
                SocketAddress target = to == back ? listener : caller;
                if (target != null && !isLost(packet)) {
                    packet.setSocketAddress(target);
                    to.send(packet);
                }
            }
        } catch (IOException e) {
            // Closed.
        }
    }

    private synchronized boolean isLost(DatagramPacket packet) {
        byte[] b = packet.getData();
        int word = (b[4] & 0xFF) << 24 | (b[5] & 0xFF) << 16 | (b[6] & 0xFF) << 8 | (b[7] & 0xFF);
        boolean isFirst = b[0] >= 0 && (word & MESSAGE_NUMBER) != 0 && (word & RETRANSMITTED) == 0;
        boolean isLost = isFirst && ++data % every == 0 && data < until;
        if (isLost) {
            lost.incrementAndGet();
        }
        return isLost;
    }

    @Override
    public void close() {
        front.close();
        back.close();
    }
}
