// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.grpc;

import io.medicloud.service.proto.ListSegmentsRequest;
import io.medicloud.service.proto.ListSegmentsResponse;
import io.medicloud.service.proto.Segment;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.TreeMap;

/** One page of a stream's segments of those that its owners know, the present one and those before. */
final class JoinedSegments {
    /** Whoever received a segment knows when it began; others have it from the list in the bucket at the most. */
    private static final Comparator<Segment> KNOWING = Comparator.comparing(
                    (Segment segment) -> segment.getStartedAtMs() > 0)
            .thenComparing(Segment::getChangedAtMs);

    private JoinedSegments() {}

    static ListSegmentsResponse of(ListSegmentsRequest request, Iterable<ListSegmentsResponse> pages) {
        TreeMap<Long, Segment> found = new TreeMap<>();
        long next = 0;
        for (ListSegmentsResponse page : pages) {
            for (Segment segment : page.getSegmentsList()) {
                found.merge(segment.getSequence(), segment, (a, b) -> KNOWING.compare(a, b) >= 0 ? a : b);
            }
            long follows = page.getNextSequence();
            next = next == 0 || (follows != 0 && follows < next) ? follows : next;
        }
        List<Segment> all = new ArrayList<>(found.values());
        int most = RecordService.pageOf(request);
        if (request.getNewest()) {
            all = all.subList(Math.max(0, all.size() - most), all.size());
            return ListSegmentsResponse.newBuilder().addAllSegments(all).build();
        }
        // Where one node's page ends, those of the others may lack what that one has behind it.
        long end = next;
        if (end != 0) {
            all.removeIf(segment -> segment.getSequence() >= end);
        }
        if (all.size() > most) {
            next = all.get(most).getSequence();
            all = all.subList(0, most);
        }
        return ListSegmentsResponse.newBuilder()
                .addAllSegments(all)
                .setNextSequence(next)
                .build();
    }
}
