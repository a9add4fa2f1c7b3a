// SPDX-License-Identifier: Apache-2.0
package io.medicloud.mpegts.segment;

import io.medicloud.mpegts.demux.Program;
import io.medicloud.mpegts.packet.Pid;
import io.medicloud.mpegts.psi.ElementaryStream;
import io.medicloud.mpegts.psi.Pat;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Chooses the program by which a stream is cut: the PAT's first that has video or
 * audio, unless another's map comes twice before that one's first. */
final class ProgramChoice {
    private static final int NONE = -1;

    private final int wanted;
    private final Set<Integer> passedOver = new HashSet<>();
    private int number = NONE;
    private int candidate = NONE;
    private boolean inForce;
    private @Nullable Program program;

    /** {@code wanted}: the program's number, or {@link SegmentPolicy#FIRST_PROGRAM}. */
    ProgramChoice(int wanted) {
        this.wanted = wanted;
    }

    /** The PAT has changed: programs that were passed over are worth another look. */
    void onPat() {
        passedOver.clear();
    }

    /** A program's map is complete. Returns whether it is that of the chosen program, which may be chosen just now. */
    boolean onMap(int programNumber, @Nullable Pat pat) {
        if (wanted != SegmentPolicy.FIRST_PROGRAM) {
            if (programNumber == wanted) {
                number = wanted;
            }
        } else if (number == NONE) {
            if (first(pat) == programNumber || candidate == programNumber) {
                number = programNumber;
            } else if (candidate == NONE) {
                candidate = programNumber;
            }
        }
        return number == programNumber;
    }

    private int first(@Nullable Pat pat) {
        if (pat != null) {
            for (Pat.Program named : pat.programs()) {
                if (!passedOver.contains(named.number())) {
                    return named.number();
                }
            }
        }
        return NONE;
    }

    /** Whether the chosen program is left for another, as it has neither video nor audio. It is not if there is no other. */
    boolean isPassedOver(Program chosen, @Nullable Pat pat) {
        boolean useful = chosen.streams().stream().anyMatch(stream -> stream.isVideo() || stream.isAudio());
        if (useful
                || wanted != SegmentPolicy.FIRST_PROGRAM
                || inForce
                || pat == null
                || passedOver.size() + 1 >= pat.programs().size()) {
            return false;
        }
        passedOver.add(chosen.number());
        onGone();
        return true;
    }

    /** Whether this is the chosen program. */
    boolean is(Program other) {
        return other.number() == number;
    }

    /** The chosen program's map is this now. Returns whether its streams are others than before. */
    boolean set(Program other) {
        boolean changed = program == null || !types(program).equals(types(other));
        program = other;
        inForce = true;
        return changed;
    }

    /** The program that is or was chosen last. */
    @Nullable
    Program program() {
        return program;
    }

    /** Whether a program is chosen whose map was not set yet. */
    boolean isPending() {
        return number != NONE && !inForce;
    }

    /** The PID of its map, or {@link Pid#NONE}. */
    int pmtPid() {
        return program == null || !inForce ? Pid.NONE : program.pmtPid();
    }

    /** It is gone: another will be chosen, and its streams compared with those of this one. */
    void onGone() {
        number = NONE;
        candidate = NONE;
        inForce = false;
    }

    void reset() {
        passedOver.clear();
        onGone();
        program = null;
    }

    private static Map<Integer, Integer> types(Program program) {
        List<ElementaryStream> streams = program.streams();
        Map<Integer, Integer> types = new HashMap<>();
        streams.forEach(stream -> types.put(stream.pid(), stream.streamType()));
        return types;
    }
}
