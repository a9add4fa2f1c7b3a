// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.stream;

import io.medicloud.srt.SrtStats;

/**
 * A stream's SRT connection as it stands.
 *
 * @param isConnected false if it has ended; the statistics are then the last ones
 * @param connectedAtMs in milliseconds since 1970
 * @param totals of this connection and all before it
 */
public record SrtLink(boolean isConnected, long connectedAtMs, boolean isEncrypted, SrtStats stats, SrtTotals totals) {}
