// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.stream;

import io.medicloud.pipeline.event.EventSink;
import io.medicloud.pipeline.event.StreamEvent;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One log line for each thing that happens to a stream. */
public final class StreamLog implements EventSink {
    private static final Logger LOG = LoggerFactory.getLogger(StreamLog.class);

    @Override
    public void onEvent(StreamEvent event) {
        String id = event.streamId();
        if (event instanceof StreamEvent.Connected e) {
            LOG.info("{}: {} is connected", id, e.peer());
        } else if (event instanceof StreamEvent.MediaFlowing) {
            LOG.info("{}: media flows", id);
        } else if (event instanceof StreamEvent.SegmentSealed e) {
            LOG.debug(
                    "{}: segment {} is sealed, {} s, {} bytes{}",
                    id,
                    e.facts().sequence(),
                    e.facts().durationSeconds(),
                    e.facts().bytes(),
                    e.incomplete() ? ", incomplete" : "");
        } else if (event instanceof StreamEvent.SegmentUploaded e) {
            LOG.info("{}: {} is stored, {} bytes", id, e.key(), e.bytes());
        } else if (event instanceof StreamEvent.SegmentLost e) {
            LOG.warn("{}: segment {} is lost: {}", id, e.sequence(), e.reason());
        } else if (event instanceof StreamEvent.BytesDropped e) {
            LOG.warn("{}: {} bytes are dropped: {}", id, e.bytes(), e.reason());
        } else if (event instanceof StreamEvent.Stalled e) {
            LOG.warn("{}: {}", id, e.reason());
        } else if (event instanceof StreamEvent.ProgramChanged e) {
            LOG.info("{}: the program changes: {}", id, e.reason());
        } else if (event instanceof StreamEvent.QualityAlarm e) {
            LOG.warn("{}: {}", id, e.reason());
        } else if (event instanceof StreamEvent.Updated e) {
            LOG.info("{}: is changed: {}", id, e.reason());
        } else if (event instanceof StreamEvent.CallersRefused e && !id.isEmpty()) {
            LOG.info("{}: callers are turned away ({}), the last one at {}", id, e.reason(), e.peer());
        } else if (event instanceof StreamEvent.Disconnected e) {
            LOG.info("{}: the encoder is gone: {}", id, e.reason());
        } else if (event instanceof StreamEvent.Ended e) {
            LOG.info("{}: ended: {}{}", id, e.reason(), left(e.leftInSpool()));
        } else if (event instanceof StreamEvent.Failed e) {
            LOG.warn("{}: failed: {}{}", id, e.reason(), left(e.leftInSpool()));
        }
    }

    private static String left(int segments) {
        return segments == 0 ? "" : "; " + segments + " segments wait to be uploaded";
    }
}
