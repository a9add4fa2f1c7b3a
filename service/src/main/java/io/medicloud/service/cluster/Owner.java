// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.cluster;

/**
 * Whose a stream is: a node's, for as long as that session of it lasts.
 *
 * @param nodeId which node
 * @param session see {@link NodeEntry}
 */
public record Owner(String nodeId, long session) {}
