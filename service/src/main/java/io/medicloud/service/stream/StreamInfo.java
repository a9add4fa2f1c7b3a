// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.stream;

import io.medicloud.service.config.Secret;

/**
 * A stream as it is known from outside.
 *
 * @param port the one that media comes over: ours that its encoder calls, or the remote one that is called
 * @param state where it is in its life
 * @param rejectedCallers callers that were turned away
 * @param storedSegments segments of this run that stand in the store
 * @param lastFailure why the last connection did not come about; empty if none has failed
 * @param receivedBytes what its source has delivered since the stream was started, by this process
 * @param droppedBytes how much of that was dropped at a limit
 */
public record StreamInfo(
        String liveId,
        int port,
        Secret passphrase,
        Ingress ingress,
        String state,
        long rejectedCallers,
        long storedSegments,
        String lastFailure,
        long receivedBytes,
        long droppedBytes) {}
