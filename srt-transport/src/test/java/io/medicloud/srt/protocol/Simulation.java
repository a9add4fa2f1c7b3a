// SPDX-License-Identifier: Apache-2.0
package io.medicloud.srt.protocol;

import io.medicloud.srt.SrtCloseReason;
import io.medicloud.srt.SrtOptions;
import io.medicloud.srt.crypto.KeySource;
import io.medicloud.srt.packet.SrtPacket;
import io.medicloud.testdata.ImpairedLink;
import io.medicloud.testdata.Impairment;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.util.Random;

/** A caller and a listener over two impaired links on virtual time, one stream from the caller and, if asked, one back. */
final class Simulation {
    static final int PAYLOAD = 1316;
    private static final byte[] ADDRESS = {127, 0, 0, 1};
    private static final int PORT = 4000;

    final UnpooledByteBufAllocator allocator = new UnpooledByteBufAllocator(true, true);
    final Random random;
    final ImpairedLink there;
    final ImpairedLink back;
    final Side caller;
    final Side listener;
    private final KeySource keys;
    private final Setup setup;
    private CallerHandshake calling;
    private ListenerHandshake listening;
    private HandshakeVerdict callerVerdict = HandshakeVerdict.WAITING;
    private long nowUs = 10_000_000;

    /** What to simulate. */
    record Setup(
            long seed,
            SrtOptions callerOptions,
            SrtOptions listenerOptions,
            Impairment there,
            Impairment back,
            int packetsPerSecond,
            boolean bothWays,
            double driftPpm,
            long tickUs,
            int initialSeqNo,
            long clockAgeUs) {
        static Setup of(long seed) {
            Impairment lan = Impairment.NONE.withDelayUs(500);
            return new Setup(
                    seed, SrtOptions.STANDARD, SrtOptions.STANDARD, lan, lan, 760, false, 0, 1000, 0x1234567, 0);
        }

        Setup links(Impairment both) {
            return new Setup(
                    seed,
                    callerOptions,
                    listenerOptions,
                    both,
                    both,
                    packetsPerSecond,
                    bothWays,
                    driftPpm,
                    tickUs,
                    initialSeqNo,
                    clockAgeUs);
        }

        Setup back(Impairment link) {
            return new Setup(
                    seed,
                    callerOptions,
                    listenerOptions,
                    there,
                    link,
                    packetsPerSecond,
                    bothWays,
                    driftPpm,
                    tickUs,
                    initialSeqNo,
                    clockAgeUs);
        }

        Setup options(SrtOptions both) {
            return options(both, both);
        }

        Setup options(SrtOptions ofCaller, SrtOptions ofListener) {
            return new Setup(
                    seed,
                    ofCaller,
                    ofListener,
                    there,
                    back,
                    packetsPerSecond,
                    bothWays,
                    driftPpm,
                    tickUs,
                    initialSeqNo,
                    clockAgeUs);
        }

        Setup twoWay() {
            return new Setup(
                    seed,
                    callerOptions,
                    listenerOptions,
                    there,
                    back,
                    packetsPerSecond,
                    true,
                    driftPpm,
                    tickUs,
                    initialSeqNo,
                    clockAgeUs);
        }

        Setup drift(double ppm) {
            return new Setup(
                    seed,
                    callerOptions,
                    listenerOptions,
                    there,
                    back,
                    packetsPerSecond,
                    bothWays,
                    ppm,
                    tickUs,
                    initialSeqNo,
                    clockAgeUs);
        }

        Setup rate(int packets) {
            return new Setup(
                    seed,
                    callerOptions,
                    listenerOptions,
                    there,
                    back,
                    packets,
                    bothWays,
                    driftPpm,
                    tickUs,
                    initialSeqNo,
                    clockAgeUs);
        }

        Setup beginning(int seqNo, long ageUs) {
            return new Setup(
                    seed,
                    callerOptions,
                    listenerOptions,
                    there,
                    back,
                    packetsPerSecond,
                    bothWays,
                    driftPpm,
                    tickUs,
                    seqNo,
                    ageUs);
        }
    }

    Simulation(Setup setup) {
        this.setup = setup;
        random = new Random(setup.seed());
        keys = n -> {
            byte[] bytes = new byte[n];
            random.nextBytes(bytes);
            return bytes;
        };
        there = new ImpairedLink(setup.there(), setup.seed() * 31 + 1);
        back = new ImpairedLink(setup.back(), setup.seed() * 31 + 2);
        caller = new Side(there, 1);
        listener = new Side(back, 1 + setup.driftPpm() / 1e6);
    }

    long nowUs() {
        return nowUs;
    }

    /** Connects; false if the time was not enough. */
    boolean connect(long withinUs) {
        calling = new CallerHandshake(
                HandshakeTerms.of(setup.callerOptions()),
                keys,
                0x11,
                setup.initialSeqNo(),
                ADDRESS,
                caller.clock(nowUs) - setup.clockAgeUs());
        listening = new ListenerHandshake(
                HandshakeTerms.of(setup.listenerOptions()), new SynCookie(keys, 0), keys, listener.clock(nowUs));
        long untilUs = nowUs + withinUs;
        while (nowUs < untilUs && (caller.session == null || listener.session == null) && verdictIsOpen()) {
            tick();
        }
        return caller.session != null && listener.session != null;
    }

    HandshakeVerdict callerVerdict() {
        return callerVerdict;
    }

    private boolean verdictIsOpen() {
        return !(callerVerdict instanceof HandshakeVerdict.Rejected)
                && !(callerVerdict instanceof HandshakeVerdict.TimedOut);
    }

    /** Streams for a while. */
    void stream(long durationUs) {
        long untilUs = nowUs + durationUs;
        caller.beginStream(nowUs);
        if (setup.bothWays()) {
            listener.beginStream(nowUs);
        }
        while (nowUs < untilUs) {
            caller.submitDue(nowUs, setup.packetsPerSecond());
            if (setup.bothWays()) {
                listener.submitDue(nowUs, setup.packetsPerSecond());
            }
            tick();
        }
    }

    /** Lets time pass without submitting. */
    void idle(long durationUs) {
        long untilUs = nowUs + durationUs;
        while (nowUs < untilUs) {
            tick();
        }
    }

    /** Closes the caller, and waits until both have ended. */
    void close(long withinUs) {
        caller.session.close(SrtCloseReason.of(SrtCloseReason.Kind.CLOSED_HERE, "done"), caller.clock(nowUs));
        long untilUs = nowUs + withinUs;
        while (nowUs < untilUs && !(caller.session.isClosed() && listener.session.isClosed())) {
            tick();
        }
    }

    private void tick() {
        nowUs += setup.tickUs();
        there.deliver(nowUs, this::onListenerDatagram);
        back.deliver(nowUs, this::onCallerDatagram);
        if (caller.session == null) {
            tickCalling();
        } else {
            caller.session.onTick(caller.clock(nowUs));
        }
        if (listener.session != null) {
            listener.session.onTick(listener.clock(nowUs));
        }
    }

    private void tickCalling() {
        ByteBuf out = allocator.directBuffer();
        while (calling.poll(out, caller.clock(nowUs))) {
            caller.onDatagram(out);
            out.clear();
        }
        out.release();
        if (setup.clockAgeUs() == 0 && verdictIsOpen()) {
            callerVerdict = calling.onTick(caller.clock(nowUs));
        }
    }

    private void onCallerDatagram(byte[] bytes, long atUs) {
        ByteBuf in = allocator.directBuffer(bytes.length).writeBytes(bytes);
        long now = caller.clock(atUs);
        if (caller.session != null) {
            caller.session.onDatagram(in, now);
        } else {
            HandshakeVerdict verdict = calling.onDatagram(in, now);
            if (verdict instanceof HandshakeVerdict.Connected connected) {
                caller.session = session(connected, setup.callerOptions(), caller, now);
            }
            if (!(verdict instanceof HandshakeVerdict.Ignored)) {
                callerVerdict = verdict;
            }
        }
        in.release();
    }

    private void onListenerDatagram(byte[] bytes, long atUs) {
        ByteBuf in = allocator.directBuffer(bytes.length).writeBytes(bytes);
        long now = listener.clock(atUs);
        boolean isForListener = in.readableBytes() >= SrtPacket.HEADER_LENGTH && SrtPacket.destinationSocketId(in) == 0;
        if (!isForListener && listener.session != null) {
            listener.session.onDatagram(in, now);
        } else if (isForListener) {
            ByteBuf out = allocator.directBuffer();
            HandshakeVerdict verdict = listening.onDatagram(in, ADDRESS, PORT, now, out);
            if (verdict instanceof HandshakeVerdict.Asked asked) {
                if (listener.session != null) {
                    listener.session.repeatHandshakeAnswer(now);
                } else {
                    accept(asked.request(), now, out);
                }
            }
            if (out.isReadable()) {
                listener.onDatagram(out);
            }
            out.release();
        }
        in.release();
    }

    private void accept(ConclusionRequest request, long now, ByteBuf out) {
        HandshakeVerdict verdict = listening.accept(request, listening.terms(), 0x22, now, out);
        if (verdict instanceof HandshakeVerdict.Connected connected) {
            listener.session = session(connected, setup.listenerOptions(), listener, now);
        }
    }

    private SrtSession session(HandshakeVerdict.Connected connected, SrtOptions options, Side side, long now) {
        return new SrtSession(
                connected.parameters(), SessionPolicy.of(options), connected.answer(), allocator, side, now);
    }

    /** One end: what it submits, and what is delivered to it. */
    final class Side implements SessionOutput {
        private final ImpairedLink link;
        private final double rate;
        SrtSession session;
        SrtCloseReason closed;
        long submitted;
        long refused;
        long delivered;
        long outOfOrder;
        long damaged;
        long next;
        long latestUs;
        long earliestUs = Long.MAX_VALUE;
        long sumLatencyUs;
        final long[] lateness = new long[400];
        private long streamFromUs;
        private long streamed;

        Side(ImpairedLink link, double rate) {
            this.link = link;
            this.rate = rate;
        }

        /** This side's own clock. */
        long clock(long atUs) {
            return (long) (atUs * rate);
        }

        void beginStream(long atUs) {
            streamFromUs = atUs;
            streamed = 0;
        }

        void submitDue(long atUs, int packetsPerSecond) {
            while (streamFromUs + streamed * 1_000_000L / packetsPerSecond <= atUs) {
                streamed++;
                submit(atUs);
            }
        }

        private void submit(long atUs) {
            ByteBuf payload = allocator.heapBuffer(PAYLOAD);
            payload.writeLong(submitted).writeLong(atUs);
            payload.writeLong(~submitted).writeZero(PAYLOAD - 24);
            if (session.send(payload, clock(atUs))) {
                submitted++;
            } else {
                refused++;
                payload.release();
            }
        }

        @Override
        public void onDatagram(ByteBuf datagram) {
            byte[] bytes = new byte[datagram.readableBytes()];
            datagram.getBytes(datagram.readerIndex(), bytes);
            link.send(bytes, nowUs);
        }

        @Override
        public void onPayload(ByteBuf payload, long atUs) {
            int at = payload.readerIndex();
            long number = payload.getLong(at);
            if (payload.readableBytes() != PAYLOAD || payload.getLong(at + 16) != ~number) {
                damaged++;
                return;
            }
            delivered++;
            if (number < next) {
                outOfOrder++;
            }
            next = Math.max(next, number + 1);
            long latencyUs = nowUs - payload.getLong(at + 8);
            latestUs = Math.max(latestUs, latencyUs);
            earliestUs = Math.min(earliestUs, latencyUs);
            sumLatencyUs += latencyUs;
            lateness[(int) Math.max(0, Math.min(lateness.length - 1, latencyUs / 1000))]++;
        }

        /** The latency in milliseconds that this share of the payloads did not exceed. */
        int percentileMs(double share) {
            long count = 0;
            for (int i = 0; i < lateness.length; i++) {
                count += lateness[i];
                if (count >= share * delivered) {
                    return i + 1;
                }
            }
            return lateness.length;
        }

        @Override
        public void onBatchEnd(long atUs) {}

        @Override
        public void onWritable() {}

        @Override
        public void onClosed(SrtCloseReason why) {
            closed = why;
        }
    }
}
