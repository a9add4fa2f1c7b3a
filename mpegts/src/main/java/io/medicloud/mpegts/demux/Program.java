// SPDX-License-Identifier: Apache-2.0
package io.medicloud.mpegts.demux;

import io.medicloud.mpegts.psi.ElementaryStream;
import io.medicloud.mpegts.psi.Pmt;
import java.util.List;

/**
 * A program whose map is in force.
 *
 * @param number program_number
 * @param pmtPid the PID of its map
 * @param pmt its map
 */
public record Program(int number, int pmtPid, Pmt pmt) {
    /** Its elementary streams in the order of the map. */
    public List<ElementaryStream> streams() {
        return pmt.streams();
    }
}
