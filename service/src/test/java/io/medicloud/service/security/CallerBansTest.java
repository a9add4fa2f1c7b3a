// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.security;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

final class CallerBansTest {
    private static final long S = TimeUnit.SECONDS.toNanos(1);
    private static final CallerRules RULES =
            new CallerRules(AddressRanges.of(""), AddressRanges.of(""), 0, 3, Duration.ofSeconds(5));

    private final CallerBans bans = new CallerBans(100);
    private long nowNs = Long.MAX_VALUE - S;

    private long fail(String address) {
        return bans.onFailure(address, RULES, nowNs);
    }

    @Test
    void eachBanIsTwiceAsLongUntilTheLongest() {
        assertThat(fail("one")).isZero();
        assertThat(fail("one")).isZero();
        List<Long> seconds = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            long banNs = fail("one");
            seconds.add(banNs / S);
            assertThat(bans.isBanned("one", nowNs + banNs - 1)).isTrue();
            nowNs += banNs;
            assertThat(bans.isBanned("one", nowNs)).isFalse();
        }

        assertThat(seconds).startsWith(1L, 2L, 4L, 5L, 5L).endsWith(5L);
        assertThat(bans.isBanned("another", nowNs)).isFalse();
    }

    @Test
    void aSuccessHalvesWhatCountsAndTenMinutesMakeItForgotten() {
        fail("one");
        fail("one");
        bans.onSuccess("one");
        assertThat(fail("one")).isZero();
        assertThat(fail("one")).as("one of two counted on").isEqualTo(S);
        bans.onSuccess("one");
        assertThat(bans.isBanned("one", nowNs)).isFalse();
        assertThat(fail("one")).isZero();
        assertThat(fail("one")).as("one of three counted on").isEqualTo(2 * S);
        bans.onSuccess("one");
        nowNs += TimeUnit.MINUTES.toNanos(10) + 1;
        assertThat(fail("one")).isZero();
        assertThat(fail("one")).isZero();
    }

    @Test
    void manyAddressesDoNotMakeItGrow() {
        for (int i = 0; i < 10_000; i++) {
            fail("address " + i);
        }

        assertThat(bans.size()).isEqualTo(100);
    }

    @Test
    void rangesAreOfBothKindsOfAddresses() throws Exception {
        AddressRanges ranges = AddressRanges.of("10.1.0.0/16, 192.0.2.7, 2001:db8::/32");
        for (String inside : List.of("10.1.255.255", "192.0.2.7", "2001:db8::1", "::ffff:10.1.0.1")) {
            assertThat(ranges.contains(at(inside))).as(inside).isTrue();
        }
        for (String outside : List.of("10.2.0.0", "192.0.2.8", "2001:db9::1", "::1")) {
            assertThat(ranges.contains(at(outside))).as(outside).isFalse();
        }
    }

    private static java.net.InetSocketAddress at(String address) throws Exception {
        return new java.net.InetSocketAddress(java.net.InetAddress.getByName(address), 4000);
    }
}
