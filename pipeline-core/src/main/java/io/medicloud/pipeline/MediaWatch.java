// SPDX-License-Identifier: Apache-2.0
package io.medicloud.pipeline;

import io.medicloud.mpegts.demux.Program;
import io.medicloud.mpegts.packet.Pts;
import io.medicloud.mpegts.packet.TsFault;
import io.medicloud.mpegts.psi.ElementaryStream;
import io.medicloud.mpegts.psi.SpliceInfo;
import io.medicloud.mpegts.segment.SegmentFacts;
import io.medicloud.mpegts.segment.SegmentPolicy;
import io.medicloud.mpegts.segment.SegmentSink;
import io.medicloud.mpegts.segment.Segmenter;
import io.netty.buffer.ByteBuf;
import java.time.Duration;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Sees, on their way from the segmenter to the spool, what people should hear of: the program changes, keyframes stay away, errors begin
 * and end. Belongs to the stream's thread.
 */
final class MediaWatch implements SegmentSink {
    /** Hears it, on the stream's thread. */
    interface Observer {
        void onProgramChanged(String reason);

        void onNoKeyframe(String reason);

        /** Errors begin, or have ended. */
        void onQuality(boolean isAlarm, String reason);
    }

    /** Errors have ended when none came for so long. */
    private static final long QUIET_US = 10_000_000;
    /** A program that changes all the time is told of no oftener. */
    private static final long LEAST_BETWEEN_US = 1_000_000;

    /** Of the faults those that say that something is missing or damaged. */
    private static final TsFault[] DAMAGES = {
        TsFault.SYNC_LOSS,
        TsFault.SYNC_BYTE,
        TsFault.TRANSPORT_ERROR,
        TsFault.CONTINUITY,
        TsFault.CRC,
        TsFault.SECTION,
        TsFault.PES
    };

    private final SegmentSink to;
    private final Observer observer;
    /** Of the open segment. */
    private SegmentPolicy policy;

    private SegmentPolicy nextPolicy;
    private final long[] before = new long[DAMAGES.length];
    private @Nullable Segmenter segmenter;
    private String program = "";
    private String toldProgram = "";
    private long toldProgramUs;
    private boolean isNoKeyframeTold;
    private long total;
    private boolean isAlarm;
    private long alarmUs;
    private long lastErrorUs;

    MediaWatch(SegmentPolicy policy, SegmentSink to, Observer observer) {
        this.to = to;
        this.observer = observer;
        this.policy = policy;
        this.nextPolicy = policy;
    }

    /** The segments that begin from now on are cut otherwise. */
    void setPolicy(SegmentPolicy next) {
        nextPolicy = next;
    }

    /** Whose errors are counted. */
    void follow(Segmenter of) {
        segmenter = of;
    }

    @Override
    public void onSegmentStart(long sequence) {
        policy = nextPolicy;
        to.onSegmentStart(sequence);
    }

    @Override
    public void takePackets(ByteBuf packets) {
        to.takePackets(packets);
    }

    @Override
    public void onSegmentEnd(SegmentFacts facts) {
        to.onSegmentEnd(facts);
        Duration longest = policy.longest();
        boolean isForced =
                longest.compareTo(policy.target()) > 0 && facts.durationTicks() >= longest.toMillis() * (Pts.HZ / 1000);
        if (isForced && !isNoKeyframeTold) {
            observer.onNoKeyframe(String.format(
                    Locale.ROOT,
                    "media comes, but for segment.maxDuration no keyframe at which segment %d could end: it has %.3f s",
                    facts.sequence(),
                    facts.durationSeconds()));
        }
        isNoKeyframeTold = isForced;
    }

    @Override
    public void onDiscontinuity() {
        to.onDiscontinuity();
    }

    @Override
    public void onSpliceSection(SpliceInfo splice, byte[] section, int length) {
        to.onSpliceSection(splice, section, length);
    }

    @Override
    public void onProgram(Program now) {
        to.onProgram(now);
        StringBuilder text = new StringBuilder("program ").append(now.number()).append(':');
        for (ElementaryStream stream : now.streams()) {
            text.append(" PID ").append(stream.pid()).append(" of type ").append(stream.streamType());
            text.append(stream.isVideo() ? " (video)," : stream.isAudio() ? " (audio)," : ",");
        }
        text.setLength(text.length() - 1);
        program = text.toString();
    }

    /** To be called after every batch. */
    void look(long nowUs) {
        lookAtProgram(nowUs);
        Segmenter of = segmenter;
        if (of == null) {
            return;
        }
        long now = 0;
        for (TsFault damage : DAMAGES) {
            now += of.count(damage);
        }
        if (now > total) {
            total = now;
            lastErrorUs = nowUs;
            if (!isAlarm) {
                isAlarm = true;
                alarmUs = nowUs;
                observer.onQuality(true, "errors begin: " + sinceBefore(of));
            }
        } else if (isAlarm && nowUs - lastErrorUs >= QUIET_US) {
            endAlarm(of);
        }
    }

    private void lookAtProgram(long nowUs) {
        if (program.equals(toldProgram)) {
            return;
        }
        if (toldProgram.isEmpty()) {
            toldProgram = program;
            toldProgramUs = nowUs;
        } else if (nowUs - toldProgramUs >= LEAST_BETWEEN_US) {
            observer.onProgramChanged(program + "; before: " + toldProgram);
            toldProgram = program;
            toldProgramUs = nowUs;
        }
    }

    /** Nothing more comes from this source. */
    void onDisconnected() {
        Segmenter of = segmenter;
        if (isAlarm && of != null) {
            endAlarm(of);
        }
    }

    private void endAlarm(Segmenter of) {
        isAlarm = false;
        observer.onQuality(
                false,
                String.format(
                        Locale.ROOT,
                        "no errors any more; in %.1f s: %s",
                        (lastErrorUs - alarmUs) / 1e6,
                        sinceBefore(of)));
        for (int i = 0; i < DAMAGES.length; i++) {
            before[i] = of.count(DAMAGES[i]);
        }
    }

    private String sinceBefore(Segmenter of) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < DAMAGES.length; i++) {
            long count = of.count(DAMAGES[i]) - before[i];
            if (count > 0) {
                text.append(text.isEmpty() ? "" : ", ");
                text.append(DAMAGES[i]).append(' ').append(count);
            }
        }
        return text.toString();
    }
}
