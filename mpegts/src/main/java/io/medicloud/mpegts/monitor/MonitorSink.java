// SPDX-License-Identifier: Apache-2.0
package io.medicloud.mpegts.monitor;

/** Is told what a monitor finds, on the thread that hands the data in. */
public interface MonitorSink {
    /** Takes no notice. */
    MonitorSink NONE = new MonitorSink() {};

    /**
     * An error, each time. A damaged stream has thousands a second.
     *
     * @param indicator which
     * @param pid the PID it happened on, or {@link io.medicloud.mpegts.packet.Pid#NONE}
     * @param nowUs when
     * @param packet the number of the packet at hand, from 0
     */
    default void onError(Indicator indicator, int pid, long nowUs, long packet) {}

    /** An indicator that was not active is so now, because of an error on this PID. */
    default void onAlarm(Indicator indicator, int pid, long nowUs) {}

    /** An indicator is no longer active: what it measures has been right for {@link MonitorPolicy#holdUs}. */
    default void onAlarmEnd(Indicator indicator, long nowUs) {}
}
