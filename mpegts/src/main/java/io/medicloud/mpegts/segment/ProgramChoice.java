// SPDX-License-Identifier: Apache-2.0
package io.medicloud.mpegts.segment;

import io.medicloud.mpegts.demux.Program;
import io.medicloud.mpegts.demux.ProgramTables;
import io.medicloud.mpegts.packet.Pid;
import io.medicloud.mpegts.psi.ElementaryStream;
import io.medicloud.mpegts.psi.Pat;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Chooses the program by which a stream is cut: the PAT's first, unless another's map comes twice before that one's first. */
final class ProgramChoice {
    private static final int NONE = -1;

    private int number = NONE;
    private int candidate = NONE;
    private boolean inForce;
    private @Nullable Program program;

    /** A program's map is complete. Returns whether it is that of the chosen program, which may be chosen just now. */
    boolean onMap(int programNumber, ProgramTables tables) {
        if (number == NONE) {
            Pat pat = tables.pat();
            boolean first = pat != null
                    && !pat.programs().isEmpty()
                    && pat.programs().get(0).number() == programNumber;
            if (first || candidate == programNumber) {
                number = programNumber;
            } else if (candidate == NONE) {
                candidate = programNumber;
            }
        }
        return number == programNumber;
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
