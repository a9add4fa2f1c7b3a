// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.config;

import java.time.Duration;

/**
 * How streams come in.
 *
 * @param host the address the ports are opened on
 * @param ports where a stream's port is looked for
 * @param sharedPort where streams are told apart by stream id; 0 for none
 * @param stack {@code auto}, {@code java} or {@code libsrt}
 * @param isOldLibsrtAllowed whether strangers may reach a libsrt with known memory errors
 * @param latency the receiver's buffer, unless the encoder asks for more
 */
public record SrtConfig(
        String host, PortRange ports, int sharedPort, String stack, boolean isOldLibsrtAllowed, Duration latency) {}
