// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.config;

import io.medicloud.pipeline.SourceLimits;
import java.time.Duration;

/**
 * The life of a stream, and how many there may be.
 *
 * @param reconnectWindow how long an encoder may be away before its stream has ended
 * @param limit streams at once
 * @param limitPerClient those of them that one client has started; 0 for no limit
 * @param watchers watchers of one stream at once
 * @param uploadWait how long StopPullStream waits for the uploads
 * @param isTakeoverFree a second encoder takes the place of the first
 * @param monitored streams measured by TR 101 290 at once
 * @param source what is expected of a stream's source
 */
public record StreamConfig(
        Duration reconnectWindow,
        int limit,
        int limitPerClient,
        int watchers,
        Duration uploadWait,
        boolean isTakeoverFree,
        int monitored,
        SourceLimits source) {
    /** The same with another number of measured streams. */
    StreamConfig withMonitored(int other) {
        return new StreamConfig(
                reconnectWindow, limit, limitPerClient, watchers, uploadWait, isTakeoverFree, other, source);
    }
}
