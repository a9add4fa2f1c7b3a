// SPDX-License-Identifier: Apache-2.0
package io.medicloud.srt.interop;

import io.medicloud.srt.packet.ControlPacket;
import io.medicloud.srt.packet.ControlType;
import io.medicloud.srt.packet.DataPacket;
import io.medicloud.srt.packet.HandshakePacket;
import io.medicloud.srt.packet.PacketFault;
import io.medicloud.srt.packet.SeqNo;
import io.medicloud.srt.packet.SrtPacket;
import io.medicloud.testdata.UdpRelay;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.Arrays;

/**
 * What passes between a caller and a listener, so named that programs that send the same stream meet the same fate: a data packet by its place in the
 * stream and by how often it has been sent, a control packet by its kind and its number among its kind. Handshakes and good-byes pass safely:
 * what is compared is delivery, and libsrt's handshake does not survive every loss.
 */
final class Wire implements UdpRelay.Tap {
    private static final long CONTROL = 1L << 61;
    private static final int KINDS = 32;

    private final Direction there = new Direction(0);
    private final Direction back = new Direction(1L << 62);
    private int initialSeqNo;
    private volatile boolean isConcluded;
    private volatile int retransmitted;

    private static final class Direction {
        private final long name;
        private final int[] ofKind = new int[KINDS];
        private byte[] copies = new byte[4096];

        private Direction(long name) {
            this.name = name;
        }

        private long control(ControlType kind) {
            int i = kind.code() % KINDS;
            return name | CONTROL | ((long) i << 40) | ofKind[i]++;
        }

        private long data(int place, boolean isFirst) {
            if (place >= copies.length) {
                copies = Arrays.copyOf(copies, Math.max(place + 1, 2 * copies.length));
            }
            return name | ((long) place << 8) | (isFirst ? 0 : ++copies[place] & 0xFF);
        }
    }

    /** Whether a listener has answered a CONCLUSION. */
    boolean isConcluded() {
        return isConcluded;
    }

    /** How many data packets were not the first of their kind. */
    int retransmitted() {
        return retransmitted;
    }

    @Override
    @SuppressWarnings("NonAtomicVolatileUpdate") // one writer
    public long identify(boolean fromCaller, byte[] datagram, long nowUs) {
        ByteBuf packet = Unpooled.wrappedBuffer(datagram);
        if (SrtPacket.check(packet) != PacketFault.NONE) {
            return SAFE;
        }
        Direction direction = fromCaller ? there : back;
        if (!SrtPacket.isControl(packet)) {
            boolean isFirst = !DataPacket.isRetransmitted(packet);
            retransmitted += isFirst ? 0 : 1;
            return direction.data(Math.max(0, SeqNo.distance(initialSeqNo, DataPacket.seqNo(packet))), isFirst);
        }
        ControlType type = ControlPacket.type(packet);
        if (type == ControlType.HANDSHAKE) {
            boolean isConclusion = HandshakePacket.handshakeType(packet) == HandshakePacket.CONCLUSION;
            initialSeqNo = fromCaller ? HandshakePacket.initialSeqNo(packet) : initialSeqNo;
            isConcluded |= !fromCaller && isConclusion;
            return SAFE;
        }
        return type == ControlType.SHUTDOWN ? SAFE : direction.control(type);
    }
}
