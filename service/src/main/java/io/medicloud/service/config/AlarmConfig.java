// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.config;

import java.time.Duration;

/**
 * From where on a stream's figures are told as alarms.
 *
 * @param bitrateBelow bits a second that must come; 0 for no alarm
 * @param frameRateBelow pictures a second that must come; 0 for no alarm
 * @param lossAbove percent of packets that may be missing for good within ten seconds; 100 for no alarm
 * @param rttAbove how long a round trip may take; zero for no alarm
 * @param after how long a figure is beyond its threshold before it is told, and well within before the alarm ends
 */
public record AlarmConfig(
        long bitrateBelow, double frameRateBelow, double lossAbove, Duration rttAbove, Duration after) {
    /** None. */
    public static final AlarmConfig OFF = new AlarmConfig(0, 0, 100, Duration.ZERO, Duration.ofSeconds(10));

    /** Is there anything to look for? */
    public boolean isSet() {
        return bitrateBelow > 0 || frameRateBelow > 0 || lossAbove < 100 || !rttAbove.isZero();
    }
}
