// SPDX-License-Identifier: Apache-2.0
package io.medicloud.mpegts.probe;

import io.medicloud.mpegts.demux.DemuxSink;
import io.medicloud.mpegts.demux.Program;
import io.medicloud.mpegts.demux.TsDemuxer;
import io.medicloud.mpegts.packet.Pcr;
import io.medicloud.mpegts.packet.Pid;
import io.medicloud.mpegts.packet.Pts;
import io.medicloud.mpegts.pes.PesHeader;
import io.medicloud.mpegts.psi.Cat;
import io.medicloud.mpegts.psi.Nit;
import io.medicloud.mpegts.psi.Pat;
import io.medicloud.mpegts.psi.Sdt;
import io.medicloud.mpegts.psi.SpliceInfo;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * Says what is in a transport stream that comes in pieces of any size. Any bytes may come; nothing is thrown for them: of what is no transport stream
 * the report has no packets.
 *
 * <p>Memory is bounded, however long the stream: see the limits below. Buffers are lent. Not thread-safe.
 */
public final class StreamProbe {
    /** Random access points kept, of all streams together; those after them are not told. */
    public static final int MOST_RANDOM_ACCESS_POINTS = 100_000;

    /** PIDs whose PES packets are looked into; those that come later are told from the tables alone. */
    public static final int MOST_STREAMS = 512;

    /** Splice information sections kept; those after them are not told. */
    public static final int MOST_SPLICES = 10_000;

    private final TsDemuxer demuxer = new TsDemuxer(new Events());
    private final Catalogue catalogue = new Catalogue();
    private final ServiceNotes notes = new ServiceNotes();
    private final @Nullable StreamScan[] scans = new @Nullable StreamScan[Pid.COUNT];
    private final @Nullable TimeSpan[] clocks = new @Nullable TimeSpan[Pid.COUNT];
    private int scanCount;
    private int clockCount;
    private long firstTime = Pts.NONE;
    private int pointCount;
    private long bytes;

    /** A probe at the beginning of a stream. */
    public StreamProbe() {}

    /** Takes the next piece of the stream. The buffer is lent; its indices are not moved. */
    public void onData(ByteBuf data) {
        bytes += data.readableBytes();
        demuxer.onData(data);
    }

    /** The stream has ended: says what was in it. The probe is of no further use. */
    public ProbeReport finish() {
        demuxer.finish();
        for (StreamScan scan : scans) {
            if (scan != null) {
                scan.finish();
            }
        }
        return new ReportWriter(catalogue, notes, scans, clocks).write(bytes, demuxer);
    }

    private @Nullable StreamScan scan(int pid) {
        StreamScan scan = scans[pid];
        if (scan == null && scanCount < MOST_STREAMS && (catalogue.isNamed(pid) || !catalogue.isComplete())) {
            scan = new StreamScan(pid, this::mayKeepPoint);
            scans[pid] = scan;
            scanCount++;
        }
        return scan;
    }

    /** All maps are known: what they do not name is none of theirs, and makes room. */
    private void dropUnnamed() {
        for (int pid = 0; pid < scans.length; pid++) {
            if (scans[pid] != null && !catalogue.isNamed(pid)) {
                scans[pid] = null;
                scanCount--;
            }
        }
    }

    private boolean mayKeepPoint() {
        if (pointCount == MOST_RANDOM_ACCESS_POINTS) {
            return false;
        }
        pointCount++;
        return true;
    }

    private long near(long time) {
        if (firstTime == Pts.NONE) {
            firstTime = time;
        }
        return firstTime;
    }

    private final class Events implements DemuxSink {
        @Override
        public void onPat(Pat pat) {
            catalogue.onPat(pat);
            notes.onPat(pat);
        }

        @Override
        public void onCat(Cat cat) {
            notes.onCat(cat);
        }

        @Override
        public void onNit(Nit nit) {
            notes.onNit(nit);
        }

        @Override
        public void onSdt(Sdt sdt) {
            notes.onSdt(sdt);
        }

        @Override
        public void onSplice(int pid, long packet, SpliceInfo splice) {
            notes.onSplice(pid, packet, splice);
        }

        @Override
        public void onProgram(Program program) {
            catalogue.onProgram(program);
            notes.onProgram();
            if (catalogue.isComplete()) {
                dropUnnamed();
            }
            for (var stream : program.streams()) {
                StreamScan scan = scan(stream.pid());
                if (scan != null) {
                    scan.name(CodecName.announced(stream, program.pmt().descriptors()), stream.streamType());
                }
            }
        }

        @Override
        public void onPcr(int pid, long packet, long pcr, boolean discontinuity) {
            TimeSpan clock = clocks[pid];
            if (clock == null && clockCount < MOST_STREAMS) {
                clock = new TimeSpan();
                clocks[pid] = clock;
                clockCount++;
            }
            if (clock != null) {
                long base = Pcr.base(pcr);
                clock.onTimes(base, base, near(base));
            }
        }

        @Override
        public void onPesStart(int pid, long packet, PesHeader header) {
            StreamScan scan = scan(pid);
            if (scan == null) {
                return;
            }
            long pts = header.pts();
            if (pts != Pts.NONE) {
                scan.onPesStart(header.streamId(), packet, pts, header.dts(), near(pts));
            } else {
                scan.onPesStart(header.streamId(), packet, Pts.NONE, Pts.NONE, Pts.NONE);
            }
        }

        @Override
        public void onPesData(int pid, ByteBuf data, int from, int to) {
            StreamScan scan = scans[pid];
            if (scan != null) {
                scan.onPesData(data, from, to);
            }
        }

        @Override
        public void onPesBroken(int pid) {
            StreamScan scan = scans[pid];
            if (scan != null) {
                scan.onGap();
            }
        }
    }
}
