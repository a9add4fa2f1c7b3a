// SPDX-License-Identifier: Apache-2.0
package io.medicloud.mpegts.monitor;

import io.medicloud.mpegts.packet.FaultSink;
import io.medicloud.mpegts.packet.PacketFramer;
import io.medicloud.mpegts.packet.PacketSink;
import io.medicloud.mpegts.packet.TsPacket;
import io.netty.buffer.ByteBuf;

/**
 * Measures a transport stream as it arrives: the indicators of ETSI TR 101 290, bitrates, clocks, pictures and decoder buffers. Bytes come in pieces of any
 * size, with their time of arrival; for a file, whose time is its own, take {@link FileMonitor}.
 *
 * <p>Times are microseconds of any clock that does not go backwards; one that does is taken to stand still. Call {@link #onTime} now and then (some
 * ten times a second) so that what does not come is missed although nothing comes. Any bytes may come; nothing is thrown for them. Nothing
 * is allocated for a packet; memory is at most some 30 MB, and about 1 MB for the usual stream. Buffers are lent. Not thread-safe.
 */
public final class TsMonitor {
    private final MonitorCore core;
    private final PacketFramer framer;
    private long nowUs = Long.MIN_VALUE;
    private final SyncSearch search = new SyncSearch();

    /** A monitor with the standard's thresholds that is asked, and tells nobody. */
    public TsMonitor() {
        this(MonitorPolicy.DEFAULT, MonitorSink.NONE);
    }

    /** A monitor that tells the sink what it finds. */
    public TsMonitor(MonitorPolicy policy, MonitorSink sink) {
        core = new MonitorCore(policy, sink, true);
        framer = new PacketFramer(new Packets(), FaultSink.NONE);
    }

    /** Takes the next piece, which has arrived now. The buffer is lent; its indexes are not moved. */
    public void onData(ByteBuf data, long arrivalUs) {
        nowUs = Math.max(nowUs, arrivalUs);
        framer.onData(data);
        if (search.onBytes(data.readableBytes(), framer)) {
            core.onSyncLoss(nowUs);
        }
    }

    /** Time has passed, with or without data. */
    public void onTime(long timeUs) {
        nowUs = Math.max(nowUs, timeUs);
        core.onTime(nowUs);
    }

    /** The stream has ended: what waited for more is decided. Its last packets may be a piece too short to be told from others before this. */
    public void finish() {
        framer.finish();
        if (search.onEnd(framer)) {
            core.onSyncLoss(nowUs);
        }
        core.finish(nowUs);
    }

    /** What was found up to now. May be asked at any time between two calls. */
    public MonitorReport report() {
        return core.report();
    }

    private final class Packets implements PacketSink {
        @Override
        public void onPackets(ByteBuf data, int start, int count) {
            if (search.onPackets(framer)) {
                core.onSyncLoss(nowUs);
            }
            int at = start;
            for (int i = 0; i < count; i++) {
                core.onPacket(data, at, nowUs);
                at += TsPacket.SIZE;
            }
        }

        @Override
        public void onDamagedPacket(ByteBuf data, int start) {
            core.onDamagedPacket(nowUs);
        }

        @Override
        public void onSyncLoss() {
            core.onSyncLoss(nowUs);
        }
    }
}
