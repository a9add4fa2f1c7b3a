// SPDX-License-Identifier: Apache-2.0
package io.medicloud.mpegts.segment;

import io.medicloud.mpegts.es.AccessUnitProbe;
import io.medicloud.mpegts.es.ParameterSets;
import io.medicloud.mpegts.es.VideoCodec;
import io.medicloud.mpegts.packet.AdaptationField;
import io.medicloud.mpegts.packet.TsPacket;
import io.medicloud.mpegts.pes.PesHeader;
import io.medicloud.mpegts.pes.PesTracker;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/** Reads the reference stream's PES packets as far as it takes: the header, and, if that is asked for, what begins with them. */
final class ReferenceReader {
    private final Sink sink;
    private ReferenceStream stream = ReferenceStream.NONE;
    private PesTracker tracker = new PesTracker();
    private @Nullable AccessUnitProbe probe;
    private final boolean wantsParameterSets;
    private @Nullable ParameterSets sets;
    private boolean headerAwaited;
    private boolean probing;
    private boolean goingOn;
    private boolean collecting;

    /** Is told what was read. */
    interface Sink {
        /** The header is complete; {@code randomAccess} is random_access_indicator of its packet. */
        void onHeader(PesHeader header, boolean randomAccess);

        /** As above, of a PES packet that goes on with the access unit that is being read. */
        void onRestHeader(PesHeader header);

        /** It is known what begins with the PES packet. */
        void onAccessUnit(AccessUnitProbe unit);

        /** What should be a PES packet is none. */
        void onMalformed();
    }

    ReferenceReader(Sink sink, boolean wantsParameterSets) {
        this.sink = sink;
        this.wantsParameterSets = wantsParameterSets;
    }

    ReferenceStream stream() {
        return stream;
    }

    void follow(ReferenceStream other) {
        stop();
        stream = other;
        tracker = new PesTracker();
        probe = other.codec() == null ? null : AccessUnitProbe.of(other.codec());
        sets = wantsParameterSets ? sets(other.codec()) : null;
        collecting = false;
    }

    private static @Nullable ParameterSets sets(@Nullable VideoCodec codec) {
        if (codec == VideoCodec.H264) {
            return ParameterSets.ofAvc();
        }
        return codec == VideoCodec.HEVC ? ParameterSets.ofHevc() : null;
    }

    /** The parameter sets in force, if they are asked for and all are known. */
    byte @Nullable [] parameterSets() {
        return sets != null && sets.isComplete() ? sets.toBytes() : null;
    }

    /** Whether it can be told what begins with this stream's PES packets. */
    boolean canProbe() {
        return probe != null;
    }

    /** Whether packets that do not begin a PES packet are of interest. */
    boolean isReading() {
        return headerAwaited || probing || collecting;
    }

    /** A PES packet begins with the packet that is handed in next. */
    void begin() {
        collecting = false;
        headerAwaited = true;
    }

    /**
     * As above; returns true if the access unit that is being read goes on there, as it has no slice yet: its parameter sets may be a PES packet of their
     * own.
     */
    boolean goOn() {
        goingOn = probing && probe != null && probe.isOpen();
        headerAwaited |= goingOn;
        return goingOn;
    }

    /** Takes a packet that has payload in the clear. */
    void onPacket(ByteBuf data, int packet, int header) {
        boolean unitStart = (header & TsPacket.UNIT_START) != 0;
        if (!unitStart && !isReading()) {
            return;
        }
        int from = TsPacket.payloadStart(data, packet, header);
        PesTracker.State state = tracker.onPayload(data, from, packet + TsPacket.SIZE, unitStart);
        if (state == PesTracker.State.NONE) {
            sink.onMalformed();
        } else if (state == PesTracker.State.STARTED) {
            headerAwaited = false;
            if (goingOn) {
                sink.onRestHeader(tracker.header());
            } else {
                collect();
                sink.onHeader(tracker.header(), unitStart && AdaptationField.isRandomAccess(data, packet, header));
            }
        }
        if (collecting && sets != null) {
            collecting = !sets.scan(data, tracker.bodyFrom(), tracker.bodyTo());
        }
        if (probing && probe != null && probe.scan(data, tracker.bodyFrom(), tracker.bodyTo())) {
            tell(probe);
        }
    }

    private void collect() {
        collecting = false;
        if (sets != null && tracker.header().scramblingControl() == 0) {
            collecting = true;
            sets.begin();
        }
    }

    /** The sink shall be told what begins with the PES packet whose header it was told. */
    void probe() {
        if (probe != null) {
            probe.begin();
            probing = true;
        }
    }

    /** The PES packet in progress ends: tells what begins with it from what there was of it. */
    void end() {
        if (probing && probe != null) {
            probe.end();
            tell(probe);
        }
    }

    /** The rest of the PES packet is of no interest. */
    void stop() {
        headerAwaited = false;
        probing = false;
    }

    /** Packets are missing: nothing more is told of the PES packet. */
    void abandon() {
        tracker.abandon();
        collecting = false;
        stop();
    }

    private void tell(AccessUnitProbe decided) {
        probing = false;
        sink.onAccessUnit(decided);
    }
}
