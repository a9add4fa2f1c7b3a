// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.demo;

import io.medicloud.mpegts.segment.SegmentFacts;
import io.medicloud.pipeline.event.StreamEvent;
import io.medicloud.service.Service;

/** Is told how a demo goes. The segments come on the service's threads. */
public interface DemoReport {
    /** It can be looked at. */
    void onReady(Service service, DemoFolder folder);

    /** A segment is whole; its object follows. */
    void onSealed(SegmentFacts facts);

    /** A segment stands in the bucket. */
    void onStored(StreamEvent.SegmentUploaded segment);
}
