// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.security;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status;
import io.medicloud.service.proto.StartPullStreamRequest;
import io.medicloud.service.proto.WatchEventsRequest;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What those may ask for that have some streams. */
final class RpcPolicyTest {
    /** As docs/security.md has it, and written down twice: who may more by an oversight is found by nothing that asks the policy. */
    @ParameterizedTest
    @CsvSource({
        "HealthCheck,",
        "ListActiveStreams, VIEWER",
        "ListStreams, VIEWER",
        "GetStreamStats, VIEWER",
        "WatchStreamStats, VIEWER",
        "GetStreamInfo, VIEWER",
        "WatchStreamStatus, VIEWER",
        "WatchEvents, VIEWER",
        "ListSegments, VIEWER",
        "GetSegmentUrl, VIEWER",
        "GetThumbnail, VIEWER",
        "GetPlaybackUrl, VIEWER",
        "StartPullStream, OPERATOR",
        "UpdateStream, OPERATOR",
        "StopPullStream, OPERATOR",
        "ListNodes, ADMIN",
        "DrainNode, ADMIN",
        "WhatIsAddedOneDay, ADMIN",
    })
    void whoOnlyLooksChangesNothing(String method, @Nullable Role least) {
        assertThat(RpcPolicy.needed(method)).isEqualTo(least);
        for (Role role : Role.values()) {
            Status refusal = RpcPolicy.refusal(new Identity("one", role, List.of("*")), "", method);
            assertThat(refusal == null)
                    .as("%s to %s", method, role)
                    .isEqualTo(least == null || role.compareTo(least) >= 0);
        }
    }

    private static final Identity WALL = new Identity("wall", Role.OPERATOR, List.of("studio-*"));

    @ParameterizedTest
    @CsvSource({
        "'', true",
        "studio-2, true",
        "'#!::r=studio-2,m=publish', true",
        "news, false",
        "'#!::r=news', false",
        "'#!::nonsense', false",
    })
    void nobodyWaitsForTheEncoderOfAnother(String streamId, boolean isAllowed) {
        StartPullStreamRequest request = StartPullStreamRequest.newBuilder()
                .setLiveId("studio-1")
                .setStreamId(streamId)
                .build();
        Status refusal = RpcPolicy.refusal(WALL, request);
        assertThat(refusal == null).isEqualTo(isAllowed);
        if (refusal != null) {
            assertThat(refusal.getCode()).isEqualTo(Status.Code.PERMISSION_DENIED);
            assertThat(refusal.getDescription()).startsWith("stream_id: ");
        }
        assertThat(RpcPolicy.refusal(Identity.ANYBODY, request)).isNull();
    }

    @ParameterizedTest
    @CsvSource({
        "'', false",
        "studio-1, true",
        "studio-1 studio-2, true",
        "studio-1 news, false",
    })
    void whoHasSomeStreamsNamesThoseWhoseEventsItWants(String liveIds, boolean isAllowed) {
        WatchEventsRequest request = WatchEventsRequest.newBuilder()
                .addAllLiveIds(liveIds.isEmpty() ? List.of() : List.of(liveIds.split(" ", -1)))
                .build();
        Status refusal = RpcPolicy.refusal(WALL, request);
        assertThat(refusal == null).isEqualTo(isAllowed);
        if (refusal != null) {
            assertThat(refusal.getCode()).isEqualTo(Status.Code.PERMISSION_DENIED);
            assertThat(refusal.getDescription()).startsWith("live_ids: ");
        }
        assertThat(RpcPolicy.refusal(Identity.ANYBODY, request)).isNull();
    }
}
