// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.grpc;

import com.linecorp.armeria.server.ServiceRequestContext;
import io.medicloud.service.http.SignedUrls;
import io.medicloud.service.proto.GetPlaybackUrlRequest;
import io.medicloud.service.proto.GetPlaybackUrlResponse;
import io.medicloud.service.security.Authentication;
import io.medicloud.service.stream.StreamException;
import io.medicloud.service.stream.StreamSpec;
import java.time.Instant;

/** Where streams are played, in the API's messages. */
final class PlaybackMessages {
    private static final int MOST_EXPIRY_S = 365 * 24 * 3600;

    private PlaybackMessages() {}

    static GetPlaybackUrlResponse of(SignedUrls urls, GetPlaybackUrlRequest request) throws StreamException {
        String liveId = request.getLiveId();
        StreamSpec.requireLiveId(liveId);
        int seconds = request.getExpiresSeconds();
        if (seconds < 0 || seconds > MOST_EXPIRY_S) {
            throw new StreamException(
                    StreamException.Kind.INVALID, "expires_seconds: must be 1 to " + MOST_EXPIRY_S + ", or 0");
        }
        ServiceRequestContext context = ServiceRequestContext.currentOrNull();
        // Nobody gives away for longer what he has himself until his token ends.
        Instant latest = context == null ? null : Authentication.until(context);
        SignedUrls.Grant grant = urls.grant(liveId, seconds, latest);
        String query = grant.query().isEmpty() ? "" : "?" + grant.query();
        return GetPlaybackUrlResponse.newBuilder()
                .setPlaylist("/hls/" + liveId + "/index.m3u8" + query)
                .setThumbnail("/thumb/" + liveId + "/latest.jpg" + query)
                .setQuery(grant.query())
                .setExpiresAtMs(grant.expiresAtMs())
                .build();
    }
}
