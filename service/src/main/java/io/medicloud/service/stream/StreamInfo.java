// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.stream;

import io.medicloud.service.config.Secret;

/**
 * A stream as it is known from outside.
 *
 * @param port where its encoder connects
 * @param state where it is in its life
 * @param rejectedCallers callers that were turned away
 * @param storedSegments segments of this run that stand in the store
 */
public record StreamInfo(
        String liveId, int port, Secret passphrase, String state, long rejectedCallers, long storedSegments) {}
