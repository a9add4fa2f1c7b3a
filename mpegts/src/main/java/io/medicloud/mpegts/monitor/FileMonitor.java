// SPDX-License-Identifier: Apache-2.0
package io.medicloud.mpegts.monitor;

import io.medicloud.mpegts.packet.FaultSink;
import io.medicloud.mpegts.packet.PacketFramer;
import io.medicloud.mpegts.packet.PacketSink;
import io.medicloud.mpegts.packet.TsPacket;
import io.netty.buffer.ByteBuf;

/**
 * Measures a transport stream whose time is its own: that of a program's clock, between two references in proportion to the packets (ISO/IEC
 * 13818-1, 2.4.2.2). The clock is that of the PID on which a second reference comes first; it is left for another when it stops. Where it jumps,
 * time goes on at the rate before. What arrives at times of its own is for {@link TsMonitor}; limits and threads are as there.
 *
 * <p>Packets wait, copied, for the reference behind them: at most {@link StreamTime#MOST_BYTES}. A stream without any reference has no time, and
 * nothing in it can be late.
 */
public final class FileMonitor {
    private final MonitorCore core;
    private final StreamTime time;
    private final PacketFramer framer;
    private final SyncSearch search = new SyncSearch();

    /** A monitor with the standard's thresholds that is asked, and tells nobody. */
    public FileMonitor() {
        this(MonitorPolicy.DEFAULT, MonitorSink.NONE);
    }

    /** A monitor that tells the sink what it finds, in microseconds since the first packet. */
    public FileMonitor(MonitorPolicy policy, MonitorSink sink) {
        core = new MonitorCore(policy, sink, false);
        time = new StreamTime(core);
        framer = new PacketFramer(new Packets(), FaultSink.NONE);
    }

    /** Takes the next piece. The buffer is lent; its indexes are not moved. */
    public void onData(ByteBuf data) {
        framer.onData(data);
        if (search.onBytes(data.readableBytes(), framer)) {
            time.onSyncLoss();
        }
    }

    /** The file has ended. */
    public void finish() {
        framer.finish();
        if (search.onEnd(framer)) {
            time.onSyncLoss();
        }
        time.finish();
    }

    /** What was found, up to the last reference of the clock; after {@link #finish}, all. */
    public MonitorReport report() {
        return core.report();
    }

    private final class Packets implements PacketSink {
        @Override
        public void onPackets(ByteBuf data, int start, int count) {
            onPlaces(data, start, count);
        }

        @Override
        public int onPlaces(ByteBuf data, int start, int most) {
            if (data.getByte(start) != TsPacket.SYNC_BYTE) {
                return 0;
            }
            if (search.onPackets(framer)) {
                time.onSyncLoss();
            }
            return time.onPlaces(data, start, most);
        }

        @Override
        public void onDamagedPacket(ByteBuf data, int start) {
            time.onDamagedPacket(data, start);
        }

        @Override
        public void onSyncLoss() {
            time.onSyncLoss();
        }
    }
}
