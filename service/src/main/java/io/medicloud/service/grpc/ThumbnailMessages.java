// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.grpc;

import com.google.protobuf.UnsafeByteOperations;
import io.medicloud.pipeline.thumbnail.Thumbnail;
import io.medicloud.service.proto.GetThumbnailRequest;
import io.medicloud.service.proto.GetThumbnailResponse;
import io.medicloud.service.stream.StreamException;
import io.medicloud.service.thumbnail.Pictures;

/** Pictures in the API's messages. */
final class ThumbnailMessages {
    private ThumbnailMessages() {}

    static GetThumbnailResponse find(Pictures pictures, GetThumbnailRequest request) throws StreamException {
        Pictures.Found found = request.getSequence() == 0
                ? pictures.latest(request.getLiveId())
                : pictures.of(request.getLiveId(), request.getSequence());
        GetThumbnailResponse.Builder response =
                GetThumbnailResponse.newBuilder().setReason(found.reason());
        Thumbnail picture = found.picture();
        if (picture != null) {
            response.setJpeg(UnsafeByteOperations.unsafeWrap(picture.jpeg()))
                    .setSequence(picture.sequence())
                    .setWidth(picture.width())
                    .setHeight(picture.height())
                    .setCapturedAtMs(picture.capturedAt().toEpochMilli());
        }
        return response.build();
    }
}
