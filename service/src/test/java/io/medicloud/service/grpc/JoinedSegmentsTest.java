// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import io.medicloud.service.proto.ListSegmentsRequest;
import io.medicloud.service.proto.ListSegmentsResponse;
import io.medicloud.service.proto.Segment;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What several owners know of a stream's segments, as pages of all. */
final class JoinedSegmentsTest {
    private static ListSegmentsRequest request(int limit) {
        return ListSegmentsRequest.newBuilder()
                .setLiveId("live")
                .setLimit(limit)
                .build();
    }

    private static ListSegmentsResponse page(long next, long... numbers) {
        ListSegmentsResponse.Builder page = ListSegmentsResponse.newBuilder().setNextSequence(next);
        for (long number : numbers) {
            page.addSegments(Segment.newBuilder().setSequence(number).setStartedAtMs(1));
        }
        return page.build();
    }

    private static List<Long> numbers(ListSegmentsResponse page) {
        return page.getSegmentsList().stream().map(Segment::getSequence).toList();
    }

    @Test
    void segmentsAreInTheOrderOfTheirNumbersWhoeverHasThem() {
        ListSegmentsResponse joined = JoinedSegments.of(request(10), List.of(page(0, 1, 2, 5), page(0, 3, 4), page(0)));
        assertThat(numbers(joined)).containsExactly(1L, 2L, 3L, 4L, 5L);
        assertThat(joined.getNextSequence()).isZero();
    }

    @Test
    void noPageLeavesOutWhatAnotherNodeHasBehindIt() {
        ListSegmentsResponse joined =
                JoinedSegments.of(request(3), List.of(page(8, 1, 2, 7), page(6, 3, 4, 5), page(0, 9)));
        assertThat(numbers(joined)).containsExactly(1L, 2L, 3L);
        assertThat(joined.getNextSequence()).isEqualTo(4);
        ListSegmentsResponse rest = JoinedSegments.of(request(3), List.of(page(0, 7, 8), page(6, 4, 5), page(0, 9)));
        assertThat(numbers(rest)).containsExactly(4L, 5L);
        assertThat(rest.getNextSequence()).isEqualTo(6);
    }

    @Test
    void theNewestAreThoseOfAll() {
        ListSegmentsRequest newest = request(2).toBuilder().setNewest(true).build();
        assertThat(numbers(JoinedSegments.of(newest, List.of(page(0, 4, 5), page(0, 6, 7)))))
                .containsExactly(6L, 7L);
    }

    @Test
    void whoReceivedASegmentKnowsItBest() {
        Segment listed = Segment.newBuilder()
                .setSequence(1)
                .setState(Segment.State.STORED)
                .setChangedAtMs(9)
                .build();
        Segment received = Segment.newBuilder()
                .setSequence(1)
                .setState(Segment.State.EXPIRED)
                .setStartedAtMs(1)
                .setChangedAtMs(8)
                .build();
        List<ListSegmentsResponse> pages = List.of(
                ListSegmentsResponse.newBuilder().addSegments(received).build(),
                ListSegmentsResponse.newBuilder().addSegments(listed).build());
        assertThat(JoinedSegments.of(request(10), pages).getSegmentsList()).containsExactly(received);
    }
}
