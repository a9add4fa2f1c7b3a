// SPDX-License-Identifier: Apache-2.0
package io.medicloud.srt;

import java.net.InetSocketAddress;

/**
 * What a caller says of itself in its conclusion handshake (draft-sharabayko-srt, 4.3.1.2).
 *
 * @param peer where it calls from
 * @param local the listener's address
 * @param streamId its stream id as sent, empty if it sent none; {@link SrtStreamId} reads it
 */
public record SrtRequest(InetSocketAddress peer, InetSocketAddress local, String streamId) {}
