// SPDX-License-Identifier: Apache-2.0
package io.medicloud.srt.protocol;

import io.medicloud.srt.packet.AckPacket;
import io.medicloud.srt.packet.ControlPacket;
import io.medicloud.srt.packet.ControlType;
import io.medicloud.srt.packet.SrtPacket;
import io.medicloud.srt.packet.SrtTimestamp;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;

/** Writes control packets to the peer, and knows when anything was sent last. */
final class ControlSender {
    private static final int CAPACITY = 64;

    private final ByteBufAllocator allocator;
    private final SessionOutput output;
    private final long startUs;
    private final int destination;
    private final int longest;
    private long lastSentUs;

    ControlSender(
            ByteBufAllocator allocator, SessionOutput output, SessionParameters parameters, int longest, long nowUs) {
        this.allocator = allocator;
        this.output = output;
        this.startUs = parameters.startUs();
        this.destination = parameters.peerSocketId();
        this.longest = longest;
        lastSentUs = nowUs;
    }

    int timestamp(long nowUs) {
        return SrtTimestamp.of(nowUs - startUs);
    }

    int destination() {
        return destination;
    }

    long lastSentUs() {
        return lastSentUs;
    }

    /** Sends a datagram that stays the caller's. */
    void send(ByteBuf datagram, long nowUs) {
        lastSentUs = nowUs;
        output.onDatagram(datagram);
    }

    void sendKeepAlive(long nowUs) {
        ByteBuf packet = allocator.directBuffer(CAPACITY);
        ControlPacket.writeKeepAlive(packet, timestamp(nowUs), destination);
        sendAndRelease(packet, nowUs);
    }

    void sendShutdown(long nowUs) {
        ByteBuf packet = allocator.directBuffer(CAPACITY);
        ControlPacket.writeShutdown(packet, timestamp(nowUs), destination);
        sendAndRelease(packet, nowUs);
    }

    void sendAckAck(int ackNumber, long nowUs) {
        ByteBuf packet = allocator.directBuffer(CAPACITY);
        ControlPacket.writeAckAck(packet, ackNumber, timestamp(nowUs), destination);
        sendAndRelease(packet, nowUs);
    }

    void sendDropRequest(int first, int last, long nowUs) {
        ByteBuf packet = allocator.directBuffer(CAPACITY);
        ControlPacket.writeDropRequest(packet, 0, first, last, timestamp(nowUs), destination);
        sendAndRelease(packet, nowUs);
    }

    void sendUser(int subtype, byte[] content, long nowUs) {
        ByteBuf packet = allocator.directBuffer(2 * CAPACITY);
        ControlPacket.writeUser(packet, subtype, content, timestamp(nowUs), destination);
        sendAndRelease(packet, nowUs);
    }

    void sendLightAck(int ackSeqNo, long nowUs) {
        ByteBuf packet = allocator.directBuffer(CAPACITY);
        AckPacket.writeLight(packet, ackSeqNo, timestamp(nowUs), destination);
        sendAndRelease(packet, nowUs);
    }

    void sendFullAck(int ackNumber, int ackSeqNo, RttEstimator rtt, int freeBuffer, ArrivalRate rate, long nowUs) {
        ByteBuf packet = allocator.directBuffer(CAPACITY);
        AckPacket.writeSmall(
                packet, ackNumber, ackSeqNo, rtt.rttUs(), rtt.varianceUs(), freeBuffer, timestamp(nowUs), destination);
        AckPacket.writeRates(packet, rate.packetRate(), rate.linkCapacity(), rate.byteRate());
        sendAndRelease(packet, nowUs);
    }

    /** Sends one NAK if any loss is due; answers how many packets it reports. */
    int sendNak(LossDetector losses, long nowUs) {
        ByteBuf packet = allocator.directBuffer(longest);
        ControlPacket.writeHeader(packet, ControlType.NAK, 0, 0, timestamp(nowUs), destination);
        int reported = losses.writeDue(packet, packet.writableBytes() / Integer.BYTES, nowUs);
        if (reported > 0) {
            send(packet, nowUs);
        }
        packet.release();
        return reported;
    }

    /** Sends a handshake again, as of now: the peer takes its timestamp as the origin of its delivery times. */
    void sendHandshake(byte[] bytes, long nowUs) {
        ByteBuf packet = allocator.directBuffer(bytes.length).writeBytes(bytes);
        SrtPacket.setTimestamp(packet, timestamp(nowUs));
        sendAndRelease(packet, nowUs);
    }

    private void sendAndRelease(ByteBuf packet, long nowUs) {
        send(packet, nowUs);
        packet.release();
    }
}
