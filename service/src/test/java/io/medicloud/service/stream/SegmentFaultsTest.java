// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.medicloud.pipeline.event.StreamEvent;
import java.time.Instant;
import org.junit.jupiter.api.Test;

final class SegmentFaultsTest {
    @Test
    void whatIsLostGivenUpAndNotStoredIsCounted() {
        SegmentFaults faults = new SegmentFaults();
        faults.onEvent(failed(1, true));
        faults.onEvent(failed(2, true));
        faults.onEvent(failed(2, false));
        faults.onEvent(new StreamEvent.SegmentLost("live", Instant.EPOCH, 3, "why"));
        faults.onEvent(new StreamEvent.MediaFlowing("live", Instant.EPOCH));

        assertThat(faults.counts()).isEqualTo(new SegmentFaults.Counts(1, 1, 3));
    }

    private static StreamEvent failed(long sequence, boolean retried) {
        return new StreamEvent.UploadFailed("live", Instant.EPOCH, sequence, "live/segment.ts", "why", retried);
    }
}
