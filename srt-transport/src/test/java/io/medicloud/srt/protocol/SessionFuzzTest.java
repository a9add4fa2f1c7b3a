// SPDX-License-Identifier: Apache-2.0
package io.medicloud.srt.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.medicloud.srt.FuzzInput;
import io.medicloud.srt.SrtCloseReason;
import io.medicloud.srt.SrtOption;
import io.medicloud.srt.SrtOptions;
import io.medicloud.srt.SrtPacketFilter;
import io.medicloud.srt.SrtStats;
import io.medicloud.srt.crypto.CipherWorkspace;
import io.medicloud.srt.crypto.KeyRefresh;
import io.medicloud.srt.crypto.KeySet;
import io.medicloud.srt.crypto.KeySource;
import io.medicloud.srt.crypto.Passphrase;
import io.medicloud.srt.crypto.PayloadCipher;
import io.medicloud.srt.packet.ControlPacket;
import io.medicloud.srt.packet.ControlType;
import io.medicloud.srt.packet.DataPacket;
import io.medicloud.srt.packet.KeyMaterial;
import io.medicloud.srt.packet.MsgNo;
import io.medicloud.srt.packet.SeqNo;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.util.List;
import java.util.Map;

/** A session whose peer, application and clock do as the input says. */
class SessionFuzzTest {
    private static final int FIRST = 0x7FFF_FFF0;
    private static final int PEER = 0x22;
    private static final long START_US = 1_000_000;
    private static final long BOUND = 2L * 256 * 3000 + 200_000;
    private static final int MOST = 500;
    private static final SrtCloseReason DONE = SrtCloseReason.of(SrtCloseReason.Kind.CLOSED_HERE, "done");
    private static final KeySet[] KEYS = {null, keys(KeyMaterial.CIPHER_CTR), keys(KeyMaterial.CIPHER_GCM), null};
    private static final List<ControlType> TYPES = List.of(ControlType.values());
    private static final KeySource SOURCE = n -> new byte[n];

    private static KeySet keys(int cipher) {
        KeySet keys = KeySet.create(new Passphrase("correct-horse-battery"), cipher, 16, new byte[16]);
        KeyRefresh.begin(keys, n -> new byte[n], 100, 20);
        return keys;
    }

    @FuzzTest
    void anyStoryEndsWithinBoundsAndWithNothingKept(byte[] bytes) {
        FuzzInput input = new FuzzInput(bytes);
        UnpooledByteBufAllocator allocator = new UnpooledByteBufAllocator(false, true);
        Story story = new Story(input, allocator);
        Map<String, Number> before = SrtStats.NONE.toMap();
        for (int i = 0; i < MOST && input.hasMore() && !story.session.isClosed(); i++) {
            story.step();
            FuzzInput.require(allocator.metric().usedHeapMemory() < BOUND, "memory within its bound");
            if (i % 64 == 63) {
                before = requireTotalsToGrow(
                        before, story.session.stats(story.nowUs).toMap());
            }
        }
        story.session.abort(DONE, story.nowUs);
        requireTotalsToGrow(before, story.session.stats(story.nowUs).toMap());
        assertThat(story.session.isClosed()).isTrue();
        assertThat(allocator.metric().usedHeapMemory()).isZero();
    }

    private static Map<String, Number> requireTotalsToGrow(Map<String, Number> before, Map<String, Number> now) {
        now.forEach((name, value) -> {
            boolean isTotal = name.endsWith("Total");
            FuzzInput.require(!isTotal || value.longValue() >= before.get(name).longValue(), name);
            FuzzInput.require(!Double.isNaN(value.doubleValue()), name);
        });
        return now;
    }

    /** The session and what happens to it. */
    private static final class Story implements SessionOutput {
        final SrtSession session;
        long nowUs = START_US;
        private final FuzzInput input;
        private final UnpooledByteBufAllocator allocator;
        private final KeySet peerKeys;
        private int seqNo = FIRST;
        private final CipherWorkspace workspace = new CipherWorkspace();
        private int answers;

        Story(FuzzInput input, UnpooledByteBufAllocator allocator) {
            this.input = input;
            this.allocator = allocator;
            int choice = input.next();
            KeySet keys = KEYS[choice & 3];
            peerKeys = keys;
            SrtPacketFilter filter = switch (choice >> 2 & 3) {
                case 1 -> SrtPacketFilter.parse("fec,cols:4,rows:3,arq:always");
                case 2 -> SrtPacketFilter.parse("fec,cols:4,rows:-2,layout:even");
                case 3 -> SrtPacketFilter.parse("fec,cols:3,arq:never");
                default -> null;
            };
            SrtOptions options = SrtOptions.STANDARD
                    .with(SrtOption.RCVBUF, 256 * 1456)
                    .with(SrtOption.SNDBUF, 256 * 1456)
                    .with(SrtOption.MAXREXMITBW, (choice & 16) != 0 ? 100_000 : -1)
                    .with(SrtOption.LINGER, 1);
            if ((choice & 32) != 0) {
                options = options.with(SrtOption.TLPKTDROP, false);
            }
            // Begun anew, so that no cipher remembers what it encrypted in another story.
            KeyRefresh sendKeys = keys == null ? null : KeyRefresh.begin(keys.fork(), SOURCE, 100, 20);
            SessionParameters parameters = new SessionParameters(
                    0x11,
                    PEER,
                    FIRST,
                    FIRST,
                    1500,
                    256,
                    (choice & 64) == 0,
                    120,
                    120,
                    (choice & 128) == 0 ? 0xBF : 0xA4,
                    0x010505,
                    "",
                    filter,
                    0,
                    0,
                    keys == null ? null : keys.fork(),
                    sendKeys);
            session = new SrtSession(parameters, SessionPolicy.of(options), new byte[80], allocator, this, nowUs);
        }

        void step() {
            answers = 0;
            int choice = input.next();
            switch (choice & 7) {
                case 0 -> tick(1000L * (choice >> 3));
                case 1 -> datagram(input.nextBytes(input.nextShort() % 1500));
                case 2 -> submit(1 + choice * 5);
                case 3 -> data(choice >> 3);
                case 4 -> control(choice >> 3);
                case 5 -> extra(choice >> 3);
                case 6 -> tick(50_000L * (choice >> 3));
                default -> end(choice >> 3);
            }
            FuzzInput.require(answers < 2000, "answers to one event");
        }

        private void tick(long passedUs) {
            nowUs += passedUs;
            session.onTick(nowUs);
        }

        private void datagram(byte[] content) {
            receive(allocator.heapBuffer(Math.max(1, content.length)).writeBytes(content));
        }

        private void receive(ByteBuf packet) {
            session.onDatagram(packet, nowUs);
            packet.release();
        }

        private void submit(int length) {
            ByteBuf payload = allocator.heapBuffer(length).writeZero(length);
            if (length > session.payloadSize() || !session.send(payload, nowUs, nowUs)) {
                payload.release();
            }
        }

        private void data(int how) {
            seqNo = SeqNo.plus(seqNo, (how & 1) == 0 ? 1 : input.nextSigned());
            int msgNo = MsgNo.plus(MsgNo.FIRST, SeqNo.distance(FIRST, seqNo));
            int timestamp = (int) nowUs + ((how & 2) == 0 ? 0 : input.nextSigned() * 10_000);
            // A cipher of its own for each packet: the peer may do what we must not, encrypt two with one number.
            PayloadCipher cipher =
                    peerKeys == null ? null : PayloadCipher.of(peerKeys.mode(), new byte[16], new byte[16], workspace);
            ByteBuf packet = allocator.heapBuffer(200);
            DataPacket.writeHeader(packet, seqNo, cipher == null ? 0 : DataPacket.KK_EVEN, msgNo, timestamp, 0x11);
            packet.writeZero(1 + (how & 8) * 10);
            if (cipher != null && (how & 4) == 0) {
                cipher.encrypt(packet);
            }
            if ((how & 16) != 0) {
                DataPacket.markRetransmitted(packet);
            }
            receive(packet);
        }

        private void control(int how) {
            ControlType type = TYPES.get(how % TYPES.size());
            ByteBuf packet = allocator.heapBuffer(200);
            int info = input.nextSigned();
            ControlPacket.writeHeader(
                    packet, type, type == ControlType.USER ? 3 + (info & 1) : 0, info, (int) nowUs, 0x11);
            int words = input.next() % 16;
            for (int i = 0; i < words; i++) {
                int word = input.nextShort();
                packet.writeInt(
                        (word & 0x8000) == 0 ? SeqNo.plus(FIRST, word - 0x100) : word << 16 | input.nextShort());
            }
            receive(packet);
        }

        private void extra(int how) {
            ByteBuf packet = allocator.heapBuffer(200);
            int seq = SeqNo.plus(seqNo, (how & 1) == 0 ? 0 : input.nextSigned());
            DataPacket.writeHeader(packet, seq, how & 2, MsgNo.FILTER, input.nextShort(), 0x11);
            int index = (how & 4) == 0 ? 0xFF : input.next();
            packet.writeByte(index)
                    .writeByte(input.next())
                    .writeShort(input.next())
                    .writeBytes(input.nextBytes(how));
            receive(packet);
        }

        private void end(int how) {
            if (how == 0) {
                session.close(DONE, nowUs);
            } else if (how == 1) {
                session.repeatHandshakeAnswer(nowUs);
            } else {
                session.restartStatsInterval(nowUs);
            }
        }

        @Override
        public void onDatagram(ByteBuf datagram) {
            answers++;
            FuzzInput.require(
                    datagram.readableBytes() >= 16 && datagram.readableBytes() <= 1500, "a datagram's length");
        }

        @Override
        public void onPayload(ByteBuf payload, long atUs) {
            FuzzInput.require(payload.isReadable(), "a payload is not empty");
        }

        @Override
        public void onBatchEnd(long atUs) {}

        @Override
        public void onWritable() {}

        @Override
        public void onClosed(SrtCloseReason why) {
            FuzzInput.require(session.isClosed(), "closed when it says so");
        }
    }
}
