// SPDX-License-Identifier: Apache-2.0
package io.medicloud.mpegts.probe;

import io.medicloud.mpegts.demux.Program;
import io.medicloud.mpegts.packet.Pid;
import io.medicloud.mpegts.psi.Descriptors;
import io.medicloud.mpegts.psi.ElementaryStream;
import io.medicloud.mpegts.psi.Pat;
import java.util.BitSet;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;

/** All programs and streams that the tables of a stream ever named, each as it was named last. */
final class Catalogue {
    /** Programs kept; those named later are not told. */
    static final int MOST_PROGRAMS = 1024;

    /** Streams kept of one program; a map has room for 201, and may change. */
    static final int MOST_STREAMS = 512;

    /** A program, with all streams that its maps named. */
    static final class Entry {
        private final int number;
        private final Map<Integer, ElementaryStream> streams = new LinkedHashMap<>();
        private int pmtPid;
        private int pcrPid = Pid.NONE;
        private boolean mapped;
        private Descriptors descriptors = Descriptors.NONE;

        private Entry(int number) {
            this.number = number;
        }

        int number() {
            return number;
        }

        int pmtPid() {
            return pmtPid;
        }

        /** PCR_PID, or {@link Pid#NONE} without a map. */
        int pcrPid() {
            return pcrPid;
        }

        Descriptors descriptors() {
            return descriptors;
        }

        Collection<ElementaryStream> streams() {
            return streams.values();
        }
    }

    private final Map<Integer, Entry> programs = new LinkedHashMap<>();
    private final BitSet named = new BitSet(Pid.COUNT);

    void onPat(Pat pat) {
        for (Pat.Program program : pat.programs()) {
            Entry entry = programs.get(program.number());
            if (entry == null && programs.size() < MOST_PROGRAMS) {
                entry = new Entry(program.number());
                programs.put(program.number(), entry);
            }
            if (entry != null) {
                entry.pmtPid = program.pmtPid();
            }
        }
    }

    void onProgram(Program program) {
        Entry entry = programs.get(program.number());
        if (entry == null) {
            return;
        }
        entry.mapped = true;
        entry.pcrPid = program.pmt().pcrPid();
        entry.descriptors = program.pmt().descriptors();
        for (ElementaryStream stream : program.streams()) {
            if (entry.streams.containsKey(stream.pid()) || entry.streams.size() < MOST_STREAMS) {
                entry.streams.put(stream.pid(), stream);
                named.set(stream.pid());
            }
        }
    }

    /** Whether a map has named the PID as a stream. */
    boolean isNamed(int pid) {
        return named.get(pid);
    }

    /** Whether the maps of all programs are known. */
    boolean isComplete() {
        return !programs.isEmpty() && programs.values().stream().allMatch(entry -> entry.mapped);
    }

    Collection<Entry> programs() {
        return programs.values();
    }
}
