// SPDX-License-Identifier: Apache-2.0
package io.medicloud.mpegts.probe;

import io.medicloud.mpegts.packet.Pid;
import io.medicloud.mpegts.psi.Cat;
import io.medicloud.mpegts.psi.Nit;
import io.medicloud.mpegts.psi.Pat;
import io.medicloud.mpegts.psi.Sdt;
import io.medicloud.mpegts.psi.SpliceInfo;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What the tables beside the program maps said, and the splice points that were announced. Bounded. */
final class ServiceNotes {
    /** Services kept; those named later are not told. */
    static final int MOST_SERVICES = 1024;

    private final Map<Integer, String> tables = new TreeMap<>();
    private final Map<Integer, Sdt.Service> services = new LinkedHashMap<>();
    private final List<ProbeReport.Splice> splices = new ArrayList<>();
    private List<Cat.CaSystem> caSystems = List.of();
    private @Nullable Integer transportStreamId;
    private @Nullable String network;

    void onPat(Pat pat) {
        tables.put(Pid.PAT, "PAT");
        transportStreamId = pat.transportStreamId();
    }

    void onCat(Cat cat) {
        tables.put(Pid.CAT, "CAT");
        caSystems = cat.systems();
    }

    void onNit(Nit nit) {
        tables.put(Pid.NIT, "NIT");
        if (nit.actual() && !nit.networkName().isEmpty()) {
            network = nit.networkName();
        }
    }

    void onSdt(Sdt sdt) {
        tables.put(Pid.SDT, "SDT");
        for (Sdt.Service service : sdt.actual() ? sdt.services() : List.<Sdt.Service>of()) {
            if (services.size() < MOST_SERVICES || services.containsKey(service.id())) {
                services.put(service.id(), service);
            }
        }
    }

    void onProgram() {
        tables.put(Pid.COUNT, "PMT"); // Behind all others: it has no PID of its own.
    }

    void onSplice(int pid, long packet, SpliceInfo splice) {
        if (splices.size() < StreamProbe.MOST_SPLICES) {
            splices.add(new ProbeReport.Splice(pid, packet, splice));
        }
    }

    /** The service of a program, or null. */
    Sdt.@Nullable Service service(int program) {
        return services.get(program);
    }

    ProbeReport.Tables tables() {
        return new ProbeReport.Tables(List.copyOf(tables.values()), transportStreamId, network, caSystems);
    }

    List<ProbeReport.Splice> splices() {
        return splices;
    }
}
