// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.grpc;

import io.medicloud.service.config.Secret;
import io.medicloud.service.proto.StartPullStreamRequest;
import io.medicloud.service.stream.Ingress;
import io.medicloud.service.stream.StreamException;
import io.medicloud.service.stream.StreamSettings;
import io.medicloud.service.stream.StreamSpec;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Reads what a StartPullStream call asks for. */
final class StartRequest {
    private StartRequest() {}

    /** @throws StreamException if a field is ill-formed; the message names it */
    static StreamSpec spec(StartPullStreamRequest request) throws StreamException {
        StreamSpec.requireLiveId(request.getLiveId());
        return new StreamSpec(
                request.getLiveId(),
                Secret.of(request.getPassphrase()),
                request.getAllowUnencrypted(),
                Ingress.of(request.getSourceUrl(), request.getStreamId()),
                new StreamSettings(
                        millis(request.getSegmentDurationMs()),
                        millis(request.getSegmentMaxDurationMs()),
                        request.getSegmentMaxBytes(),
                        millis(request.getLatencyMs()),
                        request.getStoragePrefix(),
                        millis(request.getReconnectWindowMs())));
    }

    private static @Nullable Duration millis(int unsigned) {
        return unsigned == 0 ? null : Duration.ofMillis(Integer.toUnsignedLong(unsigned));
    }
}
