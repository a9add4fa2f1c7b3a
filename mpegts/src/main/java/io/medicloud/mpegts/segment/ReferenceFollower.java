// SPDX-License-Identifier: Apache-2.0
package io.medicloud.mpegts.segment;

import io.medicloud.mpegts.demux.Program;
import io.medicloud.mpegts.packet.ContinuityCheck;
import io.medicloud.mpegts.packet.Pid;
import io.medicloud.mpegts.packet.Pts;
import io.medicloud.mpegts.packet.TsPacket;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * Knows which stream is the reference: the program's, or the audio that stands in for its video. Tells the cutter of changes, and what the stream began with before its
 * reference was known.
 */
final class ReferenceFollower {
    private final Cutter cutter;
    private final SegmentWriter writer;
    private final Timeline timeline;
    private final ContinuityCheck continuity;
    private final StandIn standIn;
    private final FirstTimes firstTimes = new FirstTimes();
    private ReferenceStream reference = ReferenceStream.NONE;
    private @Nullable Program program;

    ReferenceFollower(
            SegmentPolicy policy, Cutter cutter, SegmentWriter writer, Timeline timeline, ContinuityCheck continuity) {
        this.cutter = cutter;
        this.writer = writer;
        this.timeline = timeline;
        this.continuity = continuity;
        this.standIn = new StandIn(policy.longestTicks());
    }

    /** How long, in 90 kHz, a video may stay away before its audio stands in. */
    void setPatience(long ticks) {
        standIn.setPatience(ticks);
    }

    /** The PID of the reference, or {@link Pid#NONE}. */
    int pid() {
        return reference.pid();
    }

    /** The PID of the audio that can stand in for the video, or of the video for which audio stands in, or {@link Pid#NONE}. */
    int standingBy() {
        return alternative().pid();
    }

    /** The program's map is this from now on. */
    void onProgram(Program program) {
        this.program = program;
        follow(ReferenceStream.of(program));
    }

    /** Before the reference's first PES packet: a packet of any PID without tables. */
    void onHeadPacket(ByteBuf data, int packet, int header, boolean patSeen) {
        int pid = TsPacket.pid(header);
        if (!patSeen && pid > Pid.LAST_SI && pid != Pid.NULL) {
            cutter.onUnclearHead();
        }
        if (pid != reference.pid()) {
            firstTimes.onPacket(data, packet, header);
        }
    }

    /** A PES packet of the reference begins. */
    void onPesStart() {
        standIn.onVideo();
    }

    /**
     * A PES packet of the stream that stands by begins: the audio has to stand in for a video that does not come, and when that comes, it is the
     * reference again. Returns whether they change places.
     */
    boolean onStandingBy(ByteBuf data, int packet, int header) {
        boolean changes = reference.standIn() || standIn.onAudio(data, packet, header);
        if (changes) {
            follow(alternative());
        }
        return changes;
    }

    /** The stream ends: if no video came, what there was of the audio times it. */
    void onEnd() {
        if (!cutter.isReferenceSeen() && !reference.standIn()) {
            follow(alternative());
        }
    }

    /** Another stream follows, of which nothing is known. */
    void reset() {
        program = null;
        firstTimes.reset();
        standIn.onVideo();
        follow(ReferenceStream.NONE);
    }

    private ReferenceStream alternative() {
        if (program == null) {
            return ReferenceStream.NONE;
        }
        return reference.standIn() ? ReferenceStream.of(program) : ReferenceStream.standIn(program);
    }

    private void follow(ReferenceStream stream) {
        if (stream.equals(reference)) {
            return;
        }
        reference = stream;
        cutter.onReference(stream);
        if (stream.exists() && !cutter.isReferenceSeen()) {
            if (continuity.hasCarried(stream.pid())) {
                cutter.onUnclearHead();
            }
            long first = firstTimes.first(stream.pid());
            if (first != Pts.NONE) {
                writer.onPts(first);
                timeline.onTimes(first, Pts.NONE);
                timeline.onTimes(firstTimes.last(stream.pid()), Pts.NONE);
            }
        }
    }
}
