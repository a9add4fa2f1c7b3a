// SPDX-License-Identifier: Apache-2.0
package io.medicloud.srt.protocol;

import io.medicloud.srt.packet.DataPacket;
import io.medicloud.srt.packet.MsgNo;
import io.medicloud.srt.packet.PacketFault;
import io.medicloud.srt.packet.SeqNo;
import io.medicloud.srt.packet.SrtPacket;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** The parts that every packet passes, in ns each. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class PartsBenchmark {
    private static final int WAITING = 91;
    private static final int PAYLOAD = 1316;

    private final ByteBuf datagram = PooledByteBufAllocator.DEFAULT.directBuffer(1536);
    private final ReceiveBuffer buffer = new ReceiveBuffer(1, 8192);
    private final RttEstimator rtt = new RttEstimator();
    private final ReorderTolerance tolerance = new ReorderTolerance(rtt, 130_000, 0);
    private final LossDetector losses = new LossDetector(new ReportTiming(rtt, tolerance), true, 4096);
    private int seqNo = 1;
    private int missing = 1;
    private long nowUs = 1;

    /** A data packet, and as many in the buffer as 8 Mbit/s and 120 ms make. */
    @Setup
    public void fill() {
        DataPacket.writeHeader(datagram, 7, DataPacket.KK_PLAIN, MsgNo.FIRST, 1000, 1);
        datagram.writerIndex(SrtPacket.HEADER_LENGTH + PAYLOAD);
        while (seqNo <= WAITING) {
            insert();
        }
    }

    /** Releases them. */
    @TearDown
    public void release() {
        buffer.clear();
        datagram.release();
    }

    private void insert() {
        buffer.takePacket(seqNo, datagram.retain());
        seqNo = SeqNo.next(seqNo);
    }

    /** Checks a packet and reads its header. */
    @Benchmark
    public int parse() {
        if (SrtPacket.check(datagram) != PacketFault.NONE) {
            return -1;
        }
        return SrtPacket.destinationSocketId(datagram)
                + DataPacket.seqNo(datagram)
                + DataPacket.msgNo(datagram)
                + SrtPacket.timestamp(datagram);
    }

    /** Puts a packet into the receive buffer and takes the oldest out. */
    @Benchmark
    public int insertAndDeliver() {
        insert();
        ByteBuf head = buffer.removeHead();
        head.release();
        return head.readableBytes();
    }

    /** Finds a packet missing among a hundred others, and takes the oldest off the list. */
    @Benchmark
    public long loseAndFind() {
        nowUs += 1_000;
        losses.onGap(missing + 200, missing + 200, nowUs, 0, nowUs + 130_000);
        long since = losses.onArrival(missing);
        missing = SeqNo.next(SeqNo.next(missing));
        return since;
    }
}
