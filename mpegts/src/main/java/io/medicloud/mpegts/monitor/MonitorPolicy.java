// SPDX-License-Identifier: Apache-2.0
package io.medicloud.mpegts.monitor;

import java.util.Set;

/**
 * What TR 101 290 leaves to the user.
 *
 * @param pidPeriodUs how long a picture or sound PID may stay away (PID_error)
 * @param holdUs how long an indicator stays active after its last error, so that a lamp can be read
 * @param serviceInformation whether NIT, SDT, EIT and TDT are missed from the start, as in a DVB network; otherwise each is missed only after it
 *     has been seen once
 * @param privatePids PIDs that nothing needs to name (Unreferenced_PID)
 */
public record MonitorPolicy(long pidPeriodUs, long holdUs, boolean serviceInformation, Set<Integer> privatePids) {
    /** Five seconds; one second; service information where there is some; no private PIDs. */
    public static final MonitorPolicy DEFAULT = new MonitorPolicy(5_000_000, 1_000_000, false, Set.of());

    public MonitorPolicy {
        if (pidPeriodUs <= 0 || holdUs < 0) {
            throw new IllegalArgumentException("pidPeriodUs " + pidPeriodUs + ", holdUs " + holdUs);
        }
        privatePids = Set.copyOf(privatePids);
    }

    /** The same with another period for PID_error. */
    public MonitorPolicy withPidPeriodUs(long value) {
        return new MonitorPolicy(value, holdUs, serviceInformation, privatePids);
    }

    /** The same with another time for which lamps stay on. */
    public MonitorPolicy withHoldUs(long value) {
        return new MonitorPolicy(pidPeriodUs, value, serviceInformation, privatePids);
    }

    /** The same with service information required, or not. */
    public MonitorPolicy withServiceInformation(boolean value) {
        return new MonitorPolicy(pidPeriodUs, holdUs, value, privatePids);
    }

    /** The same with other private PIDs. */
    public MonitorPolicy withPrivatePids(Set<Integer> value) {
        return new MonitorPolicy(pidPeriodUs, holdUs, serviceInformation, value);
    }
}
