// SPDX-License-Identifier: Apache-2.0
package io.medicloud.pipeline;

import io.medicloud.mpegts.probe.ProbeReport;
import io.medicloud.mpegts.probe.StreamProbe;
import io.netty.buffer.ByteBuf;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Finds out what is in a live stream from its beginning: from its first second, and from longer pieces as long as a video's size is not known. After the longest
 * it takes no notice any more. Belongs to the stream's thread.
 */
final class ContentProbe {
    private static final long FIRST_US = 1_000_000;
    private static final long LONGEST_US = 16_000_000;
    private static final long MOST_BYTES = 16 << 20;

    /** MPEG-1, MPEG-2, MPEG-4, H.264 and H.265 (13818-1, table 2-34). */
    private static final List<Integer> VIDEO = List.of(0x01, 0x02, 0x10, 0x1B, 0x24);

    private List<ProbeReport.Program> programs = List.of();
    private @Nullable StreamProbe probe;
    private long lengthUs = FIRST_US;
    private long startUs;
    private long bytes;

    ContentProbe() {}

    /** What was found so far, since the stream began anew. */
    List<ProbeReport.Program> programs() {
        return programs;
    }

    /** The stream begins anew. */
    void restart() {
        finish();
        lengthUs = FIRST_US;
        probe = new StreamProbe();
        bytes = 0;
    }

    /** Nothing more comes; what is held is released. */
    void finish() {
        StreamProbe probing = probe;
        if (probing != null) {
            probing.finish();
            probe = null;
        }
    }

    void onData(ByteBuf data, long nowUs) {
        StreamProbe probing = probe;
        if (probing == null) {
            return;
        }
        if (bytes == 0) {
            startUs = nowUs;
        }
        bytes += data.readableBytes();
        probing.onData(data);
        if (nowUs - startUs >= lengthUs || bytes >= MOST_BYTES) {
            conclude(probing);
        }
    }

    private void conclude(StreamProbe probing) {
        List<ProbeReport.Program> found = probing.finish().programs();
        programs = found.isEmpty() ? programs : found;
        boolean isEnough = !found.isEmpty() && found.stream().allMatch(ContentProbe::isKnown);
        lengthUs *= 2;
        probe = isEnough || lengthUs > LONGEST_US || bytes >= MOST_BYTES ? null : new StreamProbe();
        bytes = 0;
    }

    /** Audio has all of it at once; a video's size comes with a keyframe. */
    private static boolean isKnown(ProbeReport.Program program) {
        return program.streams().stream()
                .noneMatch(stream -> VIDEO.contains(stream.streamType()) && stream.width() == null);
    }
}
