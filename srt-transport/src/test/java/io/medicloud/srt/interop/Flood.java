// SPDX-License-Identifier: Apache-2.0
package io.medicloud.srt.interop;

import io.medicloud.srt.packet.ExtensionWriter;
import io.medicloud.srt.packet.HandshakeExtensions;
import io.medicloud.srt.packet.HandshakePacket;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;

/** Datagrams without end from 64 ports of this machine to a listener. */
final class Flood implements AutoCloseable {
    private static final int PORTS = 64;
    private static final int ROOM = 1 << 20;
    private static final int INDUCTION_EVERY = 200_000;
    private static final byte[] LOOPBACK = {127, 0, 0, 1};
    private static final byte[] KEY_MATERIAL = new byte[56];

    /** What comes. */
    enum Kind {
        GARBAGE,
        INDUCTIONS,
        BAD_COOKIES,
        GOOD_COOKIES,
        /** With key material, to an encrypted listener: each costs the derivation of a key. */
        GOOD_COOKIES_AND_KEYS
    }

    private final Kind kind;
    private final DatagramChannel[] channels = new DatagramChannel[PORTS];
    private final int[] cookies = new int[PORTS];
    private final Random random = new Random(3);
    private final ByteBuffer room = ByteBuffer.allocate(2048);
    private long requestBytes;
    private long replyBytes;
    private int sent;

    Flood(Kind kind, InetSocketAddress to) throws IOException {
        this.kind = kind;
        for (int i = 0; i < PORTS; i++) {
            channels[i] = DatagramChannel.open();
            channels[i].setOption(StandardSocketOptions.SO_RCVBUF, ROOM);
            channels[i].bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            channels[i].connect(to);
            channels[i].configureBlocking(false);
        }
        System.arraycopy(new byte[] {0x12, 0x20, 0x29, 1, 0, 0, 0, 0, 2, 0, 2, 0, 0, 0, 4, 4}, 0, KEY_MATERIAL, 0, 16);
    }

    /** Sends so many a second for so long; answers how many it sent. */
    int run(int perSecond, long lengthNs) throws IOException {
        long begunNs = System.nanoTime();
        for (long pastNs = 0; pastNs < lengthNs; pastNs = System.nanoTime() - begunNs) {
            long due = (long) (pastNs / 1e9 * perSecond);
            while (sent < due) {
                send(sent % PORTS);
                sent++;
            }
            drain();
            LockSupport.parkNanos(1_000_000);
        }
        LockSupport.parkNanos(100_000_000);
        drain();
        return sent;
    }

    long requestBytes() {
        return requestBytes;
    }

    /** What came back. */
    long replyBytes() {
        return replyBytes;
    }

    private void send(int port) throws IOException {
        boolean wantsCookie = kind == Kind.GOOD_COOKIES || kind == Kind.GOOD_COOKIES_AND_KEYS;
        // A cookie is good for a minute at least: each port asks for a new one before.
        boolean asks = wantsCookie && (cookies[port] == 0 || sent % INDUCTION_EVERY < PORTS);
        ByteBuf packet = asks ? handshake(HandshakePacket.INDUCTION, 0) : packet(port);
        requestBytes += packet.readableBytes();
        channels[port].write(packet.nioBuffer());
    }

    private ByteBuf packet(int port) {
        return switch (kind) {
            case GARBAGE -> {
                byte[] bytes = new byte[1 + random.nextInt(1400)];
                random.nextBytes(bytes);
                yield Unpooled.wrappedBuffer(bytes);
            }
            case INDUCTIONS -> handshake(HandshakePacket.INDUCTION, 0);
            case BAD_COOKIES -> handshake(HandshakePacket.CONCLUSION, 1 + random.nextInt(1 << 30));
            case GOOD_COOKIES, GOOD_COOKIES_AND_KEYS -> handshake(HandshakePacket.CONCLUSION, cookies[port]);
        };
    }

    private ByteBuf handshake(int type, int cookie) {
        boolean isInduction = type == HandshakePacket.INDUCTION;
        boolean hasKey = !isInduction && kind == Kind.GOOD_COOKIES_AND_KEYS;
        int extension = hasKey ? HandshakePacket.EXT_HSREQ | HandshakePacket.EXT_KMREQ : HandshakePacket.EXT_HSREQ;
        HandshakePacket.Fields fields = new HandshakePacket.Fields(
                isInduction ? HandshakePacket.VERSION_4 : HandshakePacket.VERSION_5,
                hasKey ? 2 : 0,
                isInduction ? HandshakePacket.EXT_INDUCTION : extension,
                random.nextInt(1 << 30),
                1500,
                8192,
                type,
                1 + random.nextInt(1 << 29),
                cookie,
                LOOPBACK);
        ByteBuf out = Unpooled.buffer(256);
        HandshakePacket.write(out, fields, 0, 0);
        if (!isInduction) {
            ExtensionWriter.writeHs(out, HandshakeExtensions.HSREQ, 0x010501, 0xBF, 120, 120);
        }
        if (hasKey) {
            ExtensionWriter.writeBytes(out, HandshakeExtensions.KMREQ, KEY_MATERIAL);
        }
        return out;
    }

    private void drain() throws IOException {
        for (int i = 0; i < PORTS; i++) {
            for (int n = receive(i); n > 0; n = receive(i)) {
                replyBytes += n;
                ByteBuf packet = Unpooled.wrappedBuffer(room.array(), 0, n);
                boolean isCookie = n >= HandshakePacket.LENGTH
                        && packet.getInt(0) == 0x8000_0000
                        && HandshakePacket.handshakeType(packet) == HandshakePacket.INDUCTION;
                cookies[i] = isCookie ? HandshakePacket.synCookie(packet) : cookies[i];
            }
        }
    }

    private int receive(int port) {
        room.clear();
        try {
            return channels[port].read(room);
        } catch (IOException e) {
            return 0; // nobody listens any more
        }
    }

    @Override
    public void close() throws IOException {
        for (DatagramChannel channel : channels) {
            channel.close();
        }
    }
}
