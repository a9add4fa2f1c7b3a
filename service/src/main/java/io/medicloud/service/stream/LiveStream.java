// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.stream;

import io.medicloud.pipeline.Pipeline;
import io.medicloud.pipeline.PipelineStats;
import io.medicloud.service.config.Secret;
import java.util.concurrent.CompletableFuture;

/**
 * One stream that is open: its port, its encoder, its pipeline, its watchers.
 *
 * @param closed completes when it is over and its port is free
 */
record LiveStream(
        String liveId,
        Secret passphrase,
        int port,
        EncoderSource encoder,
        Pipeline pipeline,
        Watchers watchers,
        CompletableFuture<Void> closed) {
    StreamInfo info() {
        PipelineStats stats = pipeline.stats();
        return new StreamInfo(
                liveId, port, passphrase, stats.state().name(), encoder.rejectedCallers(), stats.segmentsUploaded());
    }
}
