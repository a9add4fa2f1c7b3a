// SPDX-License-Identifier: Apache-2.0
package io.medicloud.pipeline.playlist;

import io.medicloud.mpegts.packet.Pts;
import io.medicloud.mpegts.segment.SegmentFacts;
import io.medicloud.pipeline.record.SegmentRecord;
import java.util.List;
import java.util.Locale;

/**
 * A multivariant playlist of one variant (RFC 8216, 4.3.4): it says what a player needs before it loads the media playlist.
 *
 * @param uri where the media playlist is
 * @param format what is in it
 * @param bandwidth the highest bit rate of a segment, bits a second; at least 1
 * @param averageBandwidth the bit rate of all its segments together, bits a second
 */
public record MultivariantPlaylist(String uri, MediaFormat format, long bandwidth, long averageBandwidth) {
    /** Where nothing is known yet. */
    private static final long USUAL_BANDWIDTH = 5_000_000;

    /** The playlist of these segments. */
    public static MultivariantPlaylist of(String uri, MediaFormat format, List<SegmentRecord> segments) {
        long most = 0;
        long bits = 0;
        long ticks = 0;
        for (SegmentRecord segment : segments) {
            SegmentFacts facts = segment.facts();
            // A short rest at a break says nothing of a rate that lasts (RFC 8216, 4.3.4.2).
            if (facts.durationTicks() >= Pts.HZ / 2) {
                most = Math.max(most, facts.bytes() * 8 * Pts.HZ / facts.durationTicks());
                bits += facts.bytes() * 8;
                ticks += facts.durationTicks();
            }
        }
        return ticks == 0
                ? new MultivariantPlaylist(uri, format, USUAL_BANDWIDTH, USUAL_BANDWIDTH)
                : new MultivariantPlaylist(uri, format, Math.max(1, most), Math.max(1, bits * Pts.HZ / ticks));
    }

    /** As text, each line ended by a line feed. */
    public String write() {
        StringBuilder out = new StringBuilder("#EXTM3U\n#EXT-X-VERSION:3\n#EXT-X-STREAM-INF:BANDWIDTH=");
        out.append(bandwidth).append(",AVERAGE-BANDWIDTH=").append(averageBandwidth);
        if (!format.codecs().isEmpty()) {
            out.append(",CODECS=\"").append(format.codecs()).append('"');
        }
        if (format.width() > 0) {
            out.append(",RESOLUTION=").append(format.width()).append('x').append(format.height());
        }
        if (format.frameRate() > 0) {
            out.append(String.format(Locale.ROOT, ",FRAME-RATE=%.3f", format.frameRate()));
        }
        return out.append('\n').append(uri).append('\n').toString();
    }
}
