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
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;

/** A caller and a listener over two impaired links on virtual time, one stream from the caller and, if asked, one back. */
final class Simulation {
    static final int PAYLOAD = 1316;
    private static final byte[] ADDRESS = {127, 0, 0, 1};
    private static final int PORT = 4000;

    final UnpooledByteBufAllocator allocator = new UnpooledByteBufAllocator(true, true);
    final Random random;
    final ImpairedLink there;
    final ImpairedLink back;
    final SimulatedEnd caller;
    final SimulatedEnd listener;
    private final KeySource keys;
    private final Setup setup;
    private CallerHandshake calling;
    private ListenerHandshake listening;
    private HandshakeVerdict callerVerdict = HandshakeVerdict.WAITING;
    private long nowUs = 10_000_000;

    /** What to simulate; each method answers a changed copy. */
    static final class Setup {
        private final long seed;
        private SrtOptions callerOptions = SrtOptions.STANDARD;
        private SrtOptions listenerOptions = SrtOptions.STANDARD;
        private Impairment there = Impairment.NONE.withDelayUs(500);
        private Impairment back = there;
        private int packetsPerSecond = 760;
        private boolean bothWays;
        private boolean sparesCopies = true;
        private double driftPpm;
        private long tickUs = 1000;
        private int initialSeqNo = 0x1234567;
        private long clockAgeUs;

        private Setup(long seed) {
            this.seed = seed;
        }

        /** A stream from the caller over a local network, with standard options. */
        static Setup of(long seed) {
            return new Setup(seed);
        }

        private Setup with(Consumer<Setup> change) {
            Setup copy = new Setup(seed);
            copy.callerOptions = callerOptions;
            copy.listenerOptions = listenerOptions;
            copy.there = there;
            copy.back = back;
            copy.packetsPerSecond = packetsPerSecond;
            copy.bothWays = bothWays;
            copy.sparesCopies = sparesCopies;
            copy.driftPpm = driftPpm;
            copy.tickUs = tickUs;
            copy.initialSeqNo = initialSeqNo;
            copy.clockAgeUs = clockAgeUs;
            change.accept(copy);
            return copy;
        }

        Setup links(Impairment both) {
            return with(s -> s.there = both).back(both);
        }

        Setup back(Impairment link) {
            return with(s -> s.back = link);
        }

        Setup options(SrtOptions both) {
            return options(both, both);
        }

        Setup options(SrtOptions ofCaller, SrtOptions ofListener) {
            return with(s -> {
                s.callerOptions = ofCaller;
                s.listenerOptions = ofListener;
            });
        }

        Setup twoWay() {
            return with(s -> s.bothWays = true);
        }

        /** The sender sends again once what it is asked for, as libsrt does. */
        Setup plainSender() {
            return with(s -> s.sparesCopies = false);
        }

        /** The listener's clock is that much faster. */
        Setup drift(double ppm) {
            return with(s -> s.driftPpm = ppm);
        }

        Setup rate(int packets) {
            return with(s -> s.packetsPerSecond = packets);
        }

        Setup tick(long us) {
            return with(s -> s.tickUs = us);
        }

        Setup beginning(int seqNo, long ageUs) {
            return with(s -> {
                s.initialSeqNo = seqNo;
                s.clockAgeUs = ageUs;
            });
        }
    }

    Simulation(Setup setup) {
        this.setup = setup;
        random = new Random(setup.seed);
        keys = n -> {
            byte[] bytes = new byte[n];
            random.nextBytes(bytes);
            return bytes;
        };
        there = new ImpairedLink(setup.there, setup.seed * 31 + 1);
        back = new ImpairedLink(setup.back, setup.seed * 31 + 2);
        caller = new SimulatedEnd(this, there, 1);
        listener = new SimulatedEnd(this, back, 1 + setup.driftPpm / 1e6);
    }

    long nowUs() {
        return nowUs;
    }

    /** Connects; false if the time was not enough. */
    boolean connect(long withinUs) {
        calling = new CallerHandshake(
                HandshakeTerms.of(setup.callerOptions),
                keys,
                0x11,
                setup.initialSeqNo,
                ADDRESS,
                caller.clock(nowUs) - setup.clockAgeUs);
        listening = new ListenerHandshake(
                HandshakeTerms.of(setup.listenerOptions), new SynCookie(keys, 0), keys, listener.clock(nowUs));
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
        if (setup.bothWays) {
            listener.beginStream(nowUs);
        }
        while (nowUs < untilUs) {
            caller.submitDue(nowUs, setup.packetsPerSecond);
            if (setup.bothWays) {
                listener.submitDue(nowUs, setup.packetsPerSecond);
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

    /** Ends whatever has not ended. */
    void release() {
        for (SimulatedEnd end : List.of(caller, listener)) {
            if (end.session != null) {
                end.session.abort(SrtCloseReason.of(SrtCloseReason.Kind.CLOSED_HERE, "done"), end.clock(nowUs));
            }
        }
    }

    private void tick() {
        nowUs += setup.tickUs;
        if (!listener.isStopped(nowUs)) {
            there.deliver(nowUs, this::onListenerDatagram);
        }
        if (!caller.isStopped(nowUs)) {
            back.deliver(nowUs, this::onCallerDatagram);
            tickCaller();
        }
        if (listener.session != null && !listener.isStopped(nowUs)) {
            listener.session.onTick(listener.clock(nowUs));
        }
    }

    private void tickCaller() {
        if (caller.session == null) {
            tickCalling();
        } else {
            caller.session.onTick(caller.clock(nowUs));
        }
    }

    private void tickCalling() {
        ByteBuf out = allocator.directBuffer();
        while (calling.poll(out, caller.clock(nowUs))) {
            caller.onDatagram(out);
            out.clear();
        }
        out.release();
        if (setup.clockAgeUs == 0 && verdictIsOpen()) {
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
                caller.session = session(connected, setup.callerOptions, caller, now);
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
            listener.session = session(connected, setup.listenerOptions, listener, now);
        }
    }

    private SrtSession session(HandshakeVerdict.Connected connected, SrtOptions options, SimulatedEnd side, long now) {
        SessionPolicy policy = SessionPolicy.of(options);
        return new SrtSession(
                connected.parameters(),
                setup.sparesCopies ? policy : policy.withoutCopies(),
                connected.answer(),
                allocator,
                side,
                now);
    }
}
