// SPDX-License-Identifier: Apache-2.0
package io.medicloud.srt.protocol;

import io.medicloud.srt.SrtCloseReason;
import io.medicloud.srt.SrtOptions;
import io.medicloud.srt.packet.ControlPacket;
import io.medicloud.srt.packet.ControlType;
import io.medicloud.srt.packet.DataPacket;
import io.medicloud.srt.packet.MsgNo;
import io.medicloud.srt.packet.SeqNo;
import io.medicloud.srt.packet.SrtFlags;
import io.medicloud.srt.packet.SrtPacket;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.buffer.Unpooled;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * A session that receives 8 Mbit/s, from onDatagram to the sink, on virtual time, in ns a packet; acknowledgements and ticks included. With {@code -prof
 * gc} the normalized allocation is bytes a packet.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(
        value = 1,
        jvmArgs = {
            "-Djmh.executor=CUSTOM",
            "-Djmh.executor.class=io.medicloud.srt.bench.LoopThreads",
            "-Dio.netty.leakDetection.level=disabled"
        })
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class ReceivingBenchmark implements SessionOutput {
    private static final int PAYLOAD = 1316;
    private static final long SPACING_US = 1_316;
    private static final long TICK_US = 2_000;
    private static final int DATAGRAMS = 512;

    /** Every so many packets one is lost, and comes when it has been asked for; 0: none. */
    @Param({"0", "20"})
    public int lossEvery;

    /** More than wait to be delivered; each is used again and again, so that only what the session allocates counts. */
    private final ByteBuf[] datagrams = new ByteBuf[DATAGRAMS];

    private final PooledByteBufAllocator allocator = PooledByteBufAllocator.DEFAULT;
    private @Nullable SrtSession session;
    private @Nullable ByteBuf missing;
    private long nowUs = 1_000_000;
    private long tickUs = nowUs;
    private int seqNo = 1;
    private int msgNo = MsgNo.FIRST;
    private int ackNumber;
    private boolean isAskedFor;
    private long delivered;

    /** A session as a listener has it after the handshake. */
    @Setup
    public void connect() {
        for (int i = 0; i < DATAGRAMS; i++) {
            datagrams[i] = Unpooled.directBuffer(1536);
        }
        int flags =
                SrtFlags.TSBPDSND | SrtFlags.TSBPDRCV | SrtFlags.TLPKTDROP | SrtFlags.PERIODICNAK | SrtFlags.REXMITFLG;
        SessionParameters parameters = new SessionParameters(
                1, 2, 1, 1, 1500, 8192, true, 120, 120, flags, 0x010501, "", null, nowUs, nowUs, null, null);
        session =
                new SrtSession(parameters, SessionPolicy.of(SrtOptions.STANDARD), new byte[0], allocator, this, nowUs);
    }

    /** Releases what waits. */
    @TearDown
    public void close() {
        if (missing != null) {
            missing.release();
        }
        current().abort(SrtCloseReason.of(SrtCloseReason.Kind.CLOSED_HERE, "done"), nowUs);
    }

    private SrtSession current() {
        SrtSession s = session;
        if (s == null) {
            throw new IllegalStateException("not connected");
        }
        return s;
    }

    /** One packet comes in, and on average one goes out. */
    @Benchmark
    public long packet() {
        nowUs += SPACING_US;
        ByteBuf datagram = datagrams[seqNo & (DATAGRAMS - 1)].clear().retain();
        DataPacket.writeHeader(datagram, seqNo, DataPacket.KK_PLAIN, msgNo, (int) (nowUs - 1_000_000), 1);
        datagram.writerIndex(SrtPacket.HEADER_LENGTH + PAYLOAD);
        boolean isLost = lossEvery > 0 && seqNo % lossEvery == 0;
        seqNo = SeqNo.next(seqNo);
        msgNo = MsgNo.next(msgNo);
        if (isLost) {
            DataPacket.markRetransmitted(datagram);
            missing = datagram;
        } else {
            receive(datagram);
        }
        while (tickUs <= nowUs) {
            tick();
        }
        return delivered;
    }

    private void receive(ByteBuf datagram) {
        current().onDatagram(datagram, nowUs);
        datagram.release();
    }

    private void tick() {
        if (ackNumber != 0) {
            ByteBuf ackAck = allocator.directBuffer(64);
            ControlPacket.writeAckAck(ackAck, ackNumber, (int) (nowUs - 1_000_000), 1);
            ackNumber = 0;
            receive(ackAck);
        }
        ByteBuf again = missing;
        if (isAskedFor && again != null) {
            missing = null;
            receive(again);
        }
        isAskedFor = false;
        current().onTick(nowUs);
        tickUs += TICK_US;
    }

    @Override
    public void onDatagram(ByteBuf datagram) {
        ControlType type = ControlPacket.type(datagram);
        if (type == ControlType.ACK) {
            ackNumber = ControlPacket.info(datagram);
        } else if (type == ControlType.NAK) {
            isAskedFor = true; // and comes with the next tick: a session must not be called back
        }
    }

    @Override
    public void onPayload(ByteBuf payload, long atUs) {
        delivered += payload.readableBytes();
    }

    @Override
    public void onBatchEnd(long atUs) {}

    @Override
    public void onWritable() {}

    @Override
    public void onClosed(SrtCloseReason why) {}
}
