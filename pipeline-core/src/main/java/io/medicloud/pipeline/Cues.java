// SPDX-License-Identifier: Apache-2.0
package io.medicloud.pipeline;

import io.medicloud.mpegts.packet.Pts;
import io.medicloud.mpegts.psi.SpliceCommand;
import io.medicloud.mpegts.psi.SpliceInfo;
import io.medicloud.mpegts.segment.SegmentFacts;
import io.medicloud.pipeline.timeline.Cue;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The splice points of a stream, each told once, with the segment in which it was announced first (draft-pantos-hls-rfc8216bis, 4.4.5.1). Belongs to the
 * stream's thread.
 */
final class Cues {
    private static final int MOST_REMEMBERED = 256;
    private static final int MOST_WAITING = 64;
    private static final int TICKS_PER_MS = Pts.HZ / 1000;
    private static final HexFormat HEX = HexFormat.of().withUpperCase();

    /** @param pts when, or {@link Pts#NONE}: at once */
    private record Announced(String id, Cue.Kind kind, long pts, long durationMs, String message) {}

    private final Deque<String> told = new ArrayDeque<>();
    private final List<Announced> waiting = new ArrayList<>();

    /** A message came. What says nothing of a time line, and what was told before, is passed over. */
    void onSplice(SpliceInfo splice, byte[] section, int length) {
        Announced cue = read(splice, HEX.formatHex(section, 0, length));
        if (cue == null || told.contains(cue.id()) || waiting.size() >= MOST_WAITING) {
            return;
        }
        told.add(cue.id());
        if (told.size() > MOST_REMEMBERED) {
            told.remove();
        }
        waiting.add(cue);
    }

    private static @Nullable Announced read(SpliceInfo splice, String message) {
        if (splice.command() instanceof SpliceCommand.SpliceInsert insert) {
            if (insert.cancelled()) {
                return null;
            }
            SpliceCommand.BreakDuration length = insert.breakDuration();
            Cue.Kind kind = insert.outOfNetwork() ? Cue.Kind.OUT : Cue.Kind.IN;
            return new Announced(
                    "splice-" + insert.eventId() + "-" + kind.name().toLowerCase(Locale.ROOT) + "-"
                            + Math.max(0, insert.pts()),
                    kind,
                    insert.pts(),
                    length == null ? 0 : length.ticks() / TICKS_PER_MS,
                    message);
        }
        if (splice.command() instanceof SpliceCommand.TimeSignal signal && signal.pts() != Pts.NONE) {
            return new Announced("signal-" + signal.pts(), Cue.Kind.CMD, signal.pts(), 0, message);
        }
        return null;
    }

    /**
     * The segment ends in which they were announced.
     *
     * @param startMs the time of day of its first picture
     * @return those that are new
     */
    List<Cue> take(SegmentFacts facts, long startMs) {
        List<Cue> cues = new ArrayList<>();
        for (Announced cue : waiting) {
            long at = startMs + facts.durationTicks() / TICKS_PER_MS;
            if (cue.pts() != Pts.NONE && facts.startPts() != Pts.NONE) {
                long ahead = (cue.pts() - facts.startPts()) & (Pts.WRAP - 1);
                at = startMs + (ahead > Pts.WRAP / 2 ? ahead - Pts.WRAP : ahead) / TICKS_PER_MS;
            }
            cues.add(new Cue(cue.id(), at, cue.kind(), cue.durationMs(), cue.message()));
        }
        waiting.clear();
        return cues;
    }
}
