// SPDX-License-Identifier: Apache-2.0
package io.medicloud.srt.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import io.medicloud.srt.SrtCloseReason;
import io.medicloud.srt.SrtOptions;
import io.medicloud.srt.crypto.KeySet;
import io.medicloud.srt.crypto.KeySource;
import io.medicloud.srt.crypto.KeyWrap;
import io.medicloud.srt.crypto.Passphrase;
import io.medicloud.srt.packet.AckPacket;
import io.medicloud.srt.packet.Capture;
import io.medicloud.srt.packet.ControlPacket;
import io.medicloud.srt.packet.ControlType;
import io.medicloud.srt.packet.DataPacket;
import io.medicloud.srt.packet.HandshakeExtensions;
import io.medicloud.srt.packet.HandshakePacket;
import io.medicloud.srt.packet.KeyMaterial;
import io.medicloud.srt.packet.LossList;
import io.medicloud.srt.packet.MsgNo;
import io.medicloud.srt.packet.PacketFault;
import io.medicloud.srt.packet.SeqNo;
import io.medicloud.srt.packet.SrtPacket;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Our sessions in the place of libsrt's after the handshake: the recorded peer gets from us what it got. The recordings are selections, so packets that
 * are neither in them nor said to be lost are made up.
 */
class SessionReplayTest {
    private static final int PAYLOAD = 1316;
    private static final long TAIL_US = 3_000_000;
    private static final int MOST_BEFORE_REFRESH = 1000;

    /** The listener rejects; or the stream runs the other way, in no order, or over a filter; or nothing is encrypted as the keys say. */
    private static final Set<String> OTHERWISE = Set.of("08", "11", "13", "14", "53", "54", "55", "49", "60", "65");

    private final UnpooledByteBufAllocator allocator = new UnpooledByteBufAllocator(true, true);

    static List<String> recordings() {
        return HandshakeReplayTest.recordings().stream()
                .filter(name -> !OTHERWISE.contains(number(name)) && !name.contains("fec") && !name.contains("gcm"))
                .filter(name -> data(name, "c2s").size() > 4)
                .toList();
    }

    private static String number(String name) {
        return name.replaceFirst("^v15.-", "").substring(0, 2);
    }

    private static List<Capture.Datagram> data(String name, String direction) {
        return Capture.read(name).stream()
                .filter(d -> d.direction().equals(direction) && d.note().startsWith("DATA") && d.isForwarded())
                .filter(d -> SrtPacket.check(d.buf()) == PacketFault.NONE && DataPacket.msgNo(d.buf()) != MsgNo.FILTER)
                .toList();
    }

    @ParameterizedTest
    @MethodSource("recordings")
    void aSenderIsAnsweredAsLibsrtAnsweredIt(String name) {
        Receiver ours = new Receiver(name);
        for (Capture.Datagram d : Capture.read(name)) {
            boolean isFed =
                    d.direction().equals("c2s") && d.isForwarded() && !d.note().contains("HANDSHAKE");
            if (isFed && d.timeUs() > ours.nowUs) {
                ours.take(d);
            } else if (d.direction().equals("s2c") && d.note().startsWith("NAK")) {
                ours.makeUpBeyond(lostIn(d.buf()));
            }
        }
        ours.tickUntil(ours.nowUs + TAIL_US);
        assertThat(ours.undecrypted()).isZero();
        assertThat(ours.lost).as("packets we asked for").isSubsetOf(ours.dropped);
        for (Capture.Datagram d : Capture.read(name)) {
            if (d.direction().equals("s2c") && SrtPacket.check(d.buf()) == PacketFault.NONE && d.isForwarded()) {
                ours.compare(d);
            }
        }
        if (isEnded(name)) {
            assertThat(ours.closed.kind()).isEqualTo(SrtCloseReason.Kind.CLOSED_BY_PEER);
        }
        assertThat(allocator.metric().usedDirectMemory()).isZero();
    }

    private static boolean isEnded(String name) {
        return Capture.read(name).stream()
                .anyMatch(d -> d.direction().equals("c2s")
                        && d.isForwarded()
                        && d.note().startsWith("SHUTDOWN"));
    }

    @ParameterizedTest
    @MethodSource("recordings")
    void aReceiverIsSentTheSameBytes(String name) {
        Sender ours = new Sender(name);
        for (Capture.Datagram d : Capture.read(name)) {
            if (d.direction().equals("s2c") && d.timeUs() > ours.connectedUs && d.isForwarded() && !d.isMutated()) {
                ours.take(d);
            } else if (d.direction().equals("c2s") && !d.note().contains("BY RELAY]")) {
                ours.expect(d);
            }
        }
        assertThat(ours.compared).isPositive();
        assertThat(ours.requests).as("announcements of keys").allMatch(ours::hasSentUser);
        ours.session.abort(SrtCloseReason.of(SrtCloseReason.Kind.CLOSED_HERE, "done"), ours.nowUs);
        assertThat(allocator.metric().usedDirectMemory()).isZero();
    }

    /** What comes out of a session. */
    private abstract static class Recorded implements SessionOutput {
        final List<ByteBuf> sent = new ArrayList<>();
        SrtCloseReason closed;

        @Override
        public void onDatagram(ByteBuf datagram) {
            sent.add(Unpooled.copiedBuffer(datagram));
        }

        @Override
        public void onPayload(ByteBuf payload, long atUs) {}

        @Override
        public void onBatchEnd(long atUs) {}

        @Override
        public void onWritable() {}

        @Override
        public void onClosed(SrtCloseReason why) {
            closed = why;
        }

        boolean hasSentUser(ByteBuf recorded) {
            return sent(ControlType.USER).stream()
                    .anyMatch(b -> ControlPacket.subtype(b) == ControlPacket.subtype(recorded)
                            && Arrays.equals(content(b), content(recorded)));
        }

        List<ByteBuf> sent(ControlType type) {
            return sent.stream()
                    .filter(b -> SrtPacket.isControl(b) && ControlPacket.type(b) == type)
                    .toList();
        }
    }

    private static Set<Integer> lostIn(ByteBuf nak) {
        Set<Integer> lost = new TreeSet<>();
        LossList list = new LossList();
        list.wrap(nak);
        while (list.next()) {
            for (int s = list.first(); !SeqNo.isBefore(list.last(), s); s = SeqNo.next(s)) {
                lost.add(s);
            }
        }
        return lost;
    }

    private static byte[] content(ByteBuf control) {
        return ByteBufUtil.getBytes(control, ControlPacket.cifStart(control), ControlPacket.cifLength(control));
    }

    /** A listener's session that takes what the recorded caller sent. */
    private final class Receiver extends Recorded {
        final Set<Integer> dropped = new HashSet<>();
        final Set<Integer> lost = new HashSet<>();
        private final SrtSession session;
        private final SessionParameters parameters;
        private int next;
        private int keyFlags;
        private int lastTimestamp;
        private int lastAck;
        long nowUs;

        Receiver(String name) {
            SrtOptions options = HandshakeReplayTest.options(name, "listener_opts|lopts|listener opts");
            ListenerHandshake listener = HandshakeReplayTest.listener(options);
            Capture.Datagram conclusion = Capture.read(name).stream()
                    .filter(d -> d.direction().equals("c2s")
                            && d.isForwarded()
                            && d.note().contains("CONCLUSION"))
                    .findFirst()
                    .orElseThrow();
            nowUs = conclusion.timeUs();
            ByteBuf request = conclusion.buf();
            request.setInt(HandshakeReplayTest.COOKIE_AT, HandshakeReplayTest.cookie(listener, name));
            ByteBuf answer = Unpooled.buffer();
            HandshakeVerdict asked =
                    listener.onDatagram(request, HandshakeReplayTest.ADDRESS, HandshakeReplayTest.PORT, nowUs, answer);
            HandshakeVerdict verdict =
                    listener.accept(((HandshakeVerdict.Asked) asked).request(), listener.terms(), 0x77, nowUs, answer);
            HandshakeVerdict.Connected connected = (HandshakeVerdict.Connected) verdict;
            parameters = connected.parameters();
            session = new SrtSession(parameters, SessionPolicy.of(options), connected.answer(), allocator, this, nowUs);
            next = parameters.receiveSeqNo();
            lastAck = next;
            keyFlags = parameters.receiveKeys() == null ? DataPacket.KK_PLAIN : DataPacket.KK_EVEN;
            lastTimestamp = SrtPacket.timestamp(request);
            Capture.read(name).stream()
                    .filter(d -> d.direction().equals("c2s") && d.note().contains("DROPPED BY RELAY] DATA"))
                    .forEach(d -> dropped.add(DataPacket.seqNo(d.buf())));
        }

        void take(Capture.Datagram d) {
            tickUntil(d.timeUs());
            if (d.note().startsWith("ACKACK")) {
                return; // we number our ACKs ourselves
            }
            ByteBuf in = allocator.directBuffer(d.bytes().length).writeBytes(d.bytes());
            boolean isData = SrtPacket.check(in) == PacketFault.NONE && !SrtPacket.isControl(in);
            if (isData && !d.note().contains("BY RELAY]")) {
                makeUpUntil(DataPacket.seqNo(in));
                if (next == DataPacket.seqNo(in)) {
                    next = SeqNo.next(next);
                }
                keyFlags = DataPacket.keyFlags(in);
                lastTimestamp = SrtPacket.timestamp(in);
            }
            session.onDatagram(in, nowUs);
            in.release();
        }

        /** The receiver asked for these, so a later packet had come. */
        void makeUpBeyond(Set<Integer> lostSeqNos) {
            int last = lostSeqNos.stream().reduce(parameters.receiveSeqNo(), SeqNo::later);
            makeUpUntil(SeqNo.plus(last, 2));
        }

        private void makeUpUntil(int end) {
            for (; SeqNo.isBefore(next, end); next = SeqNo.next(next)) {
                if (!dropped.contains(next)) {
                    int msgNo = 1 + SeqNo.distance(parameters.receiveSeqNo(), next);
                    ByteBuf made = allocator.directBuffer(SrtPacket.HEADER_LENGTH + PAYLOAD);
                    DataPacket.writeHeader(made, next, keyFlags, msgNo, lastTimestamp, 0x77);
                    made.writeZero(PAYLOAD);
                    session.onDatagram(made, nowUs);
                    made.release();
                }
            }
        }

        void tickUntil(long us) {
            for (; nowUs < us; nowUs = Math.min(us, nowUs + 1000)) {
                int before = sent.size();
                session.onTick(nowUs);
                for (ByteBuf out : List.copyOf(sent.subList(before, sent.size()))) {
                    if (SrtPacket.isControl(out)
                            && ControlPacket.type(out) == ControlType.ACK
                            && !AckPacket.isLight(out)) {
                        confirm(ControlPacket.info(out));
                    }
                }
            }
            for (ByteBuf nak : sent(ControlType.NAK)) {
                lost.addAll(lostIn(nak));
            }
        }

        private void confirm(int ackNumber) {
            ByteBuf ackAck = allocator.directBuffer(SrtPacket.HEADER_LENGTH + 4);
            ControlPacket.writeHeader(ackAck, ControlType.ACKACK, 0, ackNumber, lastTimestamp, 0x77);
            session.onDatagram(ackAck.writeInt(0), nowUs);
            ackAck.release();
        }

        long undecrypted() {
            return session.stats(nowUs).total().pktRcvUndecrypt();
        }

        void compare(Capture.Datagram d) {
            ByteBuf recorded = d.buf();
            if (!SrtPacket.isControl(recorded)) {
                return;
            }
            switch (ControlPacket.type(recorded)) {
                case ACK -> {
                    int acked = sent(ControlType.ACK).stream()
                            .map(AckPacket::ackSeqNo)
                            .reduce(lastAck, SeqNo::later);
                    int recordedAck = AckPacket.ackSeqNo(recorded);
                    boolean isOfStream = SeqNo.isBefore(recordedAck, SeqNo.next(next));
                    assertThat(isOfStream && SeqNo.isBefore(acked, recordedAck))
                            .as(d.toString())
                            .isFalse();
                }
                case NAK -> {
                    Set<Integer> told = lostIn(recorded);
                    told.retainAll(dropped);
                    assertThat(lost).as(d.toString()).containsAll(told);
                }
                case USER -> {
                    boolean isAnswer = ControlPacket.subtype(recorded) == ControlPacket.SUBTYPE_KMRSP;
                    assertThat(!isAnswer || hasSentUser(recorded))
                            .as(d.toString())
                            .isTrue();
                }
                case KEEPALIVE ->
                    assertThat(sent(ControlType.KEEPALIVE)).as(d.toString()).isNotEmpty();
                default -> {}
            }
        }
    }

    /** The salt and the keys that the recorded caller made, one after the other. */
    private static KeySource recordedKeySource(String name, SrtOptions options, HandshakeExtensions asked) {
        if (asked.km() == null) {
            return n -> new byte[n];
        }
        Deque<byte[]> made = new ArrayDeque<>();
        KeyMaterial first = KeyMaterial.parse(asked.km());
        byte[] kek = new Passphrase(options.passphrase()).deriveKek(first.salt(), first.keyLength());
        made.add(first.salt());
        made.add(KeyWrap.unwrap(kek, first.wrapped()));
        for (Capture.Datagram d : Capture.read(name)) {
            if (d.direction().equals("c2s")
                    && d.note().contains("USER")
                    && d.note().contains("KMREQ")) {
                byte[] both =
                        KeyWrap.unwrap(kek, KeyMaterial.parse(content(d.buf())).wrapped());
                for (int at = 0; at < both.length; at += first.keyLength()) {
                    byte[] key = Arrays.copyOfRange(both, at, at + first.keyLength());
                    if (made.stream().noneMatch(k -> Arrays.equals(k, key))) {
                        made.add(key);
                    }
                }
            }
        }
        return n -> made.isEmpty() ? new byte[n] : made.remove();
    }

    /** A caller's session that sends what the recorded caller sent, and takes what it was answered. */
    private final class Sender extends Recorded {
        private final SrtSession session;
        private final KeySet recordedKeys;
        private final Set<Integer> askedFor = new HashSet<>();
        private final Set<Integer> acks = new HashSet<>();
        private final List<ByteBuf> requests = new ArrayList<>();
        private final long offsetUs;
        final long connectedUs;
        private int next;
        int compared;
        long nowUs;

        Sender(String name) {
            SrtOptions options = HandshakeReplayTest.options(name, "caller_opts|copts|caller opts");
            ByteBuf request = HandshakeReplayTest.sent(name, "c2s", t -> t == HandshakePacket.CONCLUSION);
            HandshakeExtensions asked = HandshakeExtensions.parse(request);
            Capture.Datagram answer = Capture.read(name).stream()
                    .filter(d -> d.direction().equals("s2c")
                            && d.isForwarded()
                            && d.note().contains("CONCLUSION"))
                    .findFirst()
                    .orElseThrow();
            connectedUs = answer.timeUs();
            offsetUs = Capture.read(name).stream()
                    .filter(d -> d.direction().equals("c2s") && SrtPacket.check(d.buf()) == PacketFault.NONE)
                    .mapToLong(d -> d.timeUs() - Integer.toUnsignedLong(SrtPacket.timestamp(d.buf())))
                    .min()
                    .orElseThrow();
            CallerHandshake caller = new CallerHandshake(
                    HandshakeTerms.of(options),
                    recordedKeySource(name, options, asked),
                    SrtPacket.destinationSocketId(answer.buf()),
                    HandshakePacket.initialSeqNo(request),
                    HandshakeReplayTest.ADDRESS,
                    0);
            ByteBuf out = Unpooled.buffer();
            caller.poll(out, 0);
            caller.onDatagram(HandshakeReplayTest.sent(name, "s2c", t -> t == HandshakePacket.INDUCTION), 1000);
            caller.poll(out.clear(), 1000);
            nowUs = connectedUs - offsetUs;
            HandshakeVerdict.Connected connected = (HandshakeVerdict.Connected) caller.onDatagram(answer.buf(), nowUs);
            session = new SrtSession(
                    connected.parameters(), SessionPolicy.of(options), connected.answer(), allocator, this, nowUs);
            next = connected.parameters().sendSeqNo();
            recordedKeys = asked.km() == null
                    ? null
                    : KeySet.unwrap(new Passphrase(options.passphrase()), KeyMaterial.parse(asked.km()));
        }

        void take(Capture.Datagram d) {
            tickUntil(d.timeUs() - offsetUs);
            ByteBuf in = allocator.directBuffer(d.bytes().length).writeBytes(d.bytes());
            if (SrtPacket.check(in) == PacketFault.NONE && SrtPacket.isControl(in)) {
                if (ControlPacket.type(in) == ControlType.NAK) {
                    askedFor.addAll(lostIn(in));
                } else if (ControlPacket.type(in) == ControlType.ACK && !AckPacket.isLight(in)) {
                    acks.add(ControlPacket.info(in));
                }
            }
            session.onDatagram(in, nowUs);
            in.release();
            assertThat(sent(ControlType.ACKACK).stream().map(ControlPacket::info))
                    .as(d.toString())
                    .isSubsetOf(acks);
        }

        void expect(Capture.Datagram d) {
            ByteBuf recorded = d.buf();
            if (SrtPacket.check(recorded) != PacketFault.NONE) {
                return;
            }
            if (SrtPacket.isControl(recorded)) {
                if (d.note().startsWith("USER") && recordedKeys != null) {
                    recordedKeys.install(KeyMaterial.parse(content(recorded)));
                    requests.add(recorded);
                    for (int i = 0; i < MOST_BEFORE_REFRESH && !hasSentUser(recorded); i++) {
                        submit(Unpooled.buffer(PAYLOAD).writeZero(PAYLOAD), nowUs);
                        next = SeqNo.next(next);
                        tickUntil(nowUs + 1000);
                    }
                }
                return;
            }
            int seqNo = DataPacket.seqNo(recorded);
            if (!DataPacket.isRetransmitted(recorded)) {
                submitUntil(recorded, seqNo);
            } else if (!askedFor.contains(seqNo) || !SeqNo.isBefore(seqNo, next)) {
                return;
            }
            tickUntil(Math.max(nowUs, d.timeUs() - offsetUs) + 20_000);
            assertThat(sent).as(d.toString()).contains(recorded);
            compared++;
        }

        private void submitUntil(ByteBuf recorded, int seqNo) {
            for (; SeqNo.isBefore(next, seqNo); next = SeqNo.next(next)) {
                submit(Unpooled.buffer(PAYLOAD).writeZero(PAYLOAD), nowUs);
            }
            long us = Integer.toUnsignedLong(SrtPacket.timestamp(recorded));
            tickUntil(us);
            ByteBuf plain = Unpooled.copiedBuffer(recorded);
            if (recordedKeys != null) {
                assertThat(recordedKeys.cipher(DataPacket.keyFlags(recorded)).decrypt(plain))
                        .isTrue();
            }
            submit(
                    plain.slice(DataPacket.payloadStart(plain), DataPacket.payloadLength(plain))
                            .copy(),
                    us);
            next = SeqNo.next(next);
        }

        private void submit(ByteBuf payload, long us) {
            assertThat(session.send(payload, us, Math.max(us, nowUs))).isTrue();
        }

        private void tickUntil(long us) {
            for (; nowUs < us; nowUs = Math.min(us, nowUs + 1000)) {
                session.onTick(nowUs);
            }
        }
    }
}
