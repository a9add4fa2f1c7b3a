// SPDX-License-Identifier: Apache-2.0
package io.medicloud.mpegts.monitor;

/** What the lamp of an {@link Indicator} shows. */
public enum IndicatorState {
    /** Nothing was seen that it could be measured at: service information in a stream without any, PCR accuracy where the rate is not constant. */
    NOT_MEASURED,
    /** Measured, and never wrong. */
    OK,
    /** Wrong now, or within the last {@link MonitorPolicy#holdUs}. */
    ACTIVE,
    /** Was wrong, and is right again. */
    CLEARED
}
