// SPDX-License-Identifier: Apache-2.0
package io.medicloud.srt.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

/** A link that sends one packet after the other, read every few milliseconds. */
class LinkCapacityTest {
    private static final int PACKET = 1360;
    private static final double MBPS = 125_000;

    private final LinkCapacity capacity = new LinkCapacity();
    private double linkFreeUs;
    private double waiting;
    private long readUs = 7_000_000;

    /** Gives the link so many packets now; it carries as many bytes a second. */
    private void send(int packets, double rate) {
        linkFreeUs = Math.max(linkFreeUs, (double) readUs) + packets * PACKET * 1e6 / rate;
        waiting += packets;
    }

    /** Reads all that has come. */
    private void read(long spanUs, double rate) {
        long since = readUs;
        readUs += spanUs;
        double underWay = Math.ceil(Math.max(0, linkFreeUs - readUs) * rate / 1e6 / PACKET);
        for (; waiting > underWay; waiting--) {
            capacity.onPacket(PACKET, since, since + spanUs / 2);
        }
    }

    @Test
    void nothingIsKnownAtFirst() {
        assertThat(capacity.bytesPerSecond()).isZero();
        capacity.onPacket(PACKET, 0, 1000);
        capacity.onPacket(PACKET, 2000, 3000);
        assertThat(capacity.bytesPerSecond())
                .as("one packet in a span tells nothing")
                .isZero();
    }

    @Test
    void aBurstThatFillsASpanShowsTheLinksCapacity() {
        double rate = 100 * MBPS;
        for (int i = 0; i < 25; i++) {
            send(60, rate); // A picture: 6.5 ms of the link.
            for (int ms = 0; ms < 40; ms += 2) {
                read(2000, rate);
            }
        }
        assertThat(capacity.bytesPerSecond()).isBetween((long) (0.85 * rate), (long) rate);
    }

    @Test
    void aLinkThatBecomesSlowerIsSeenToBeWithinSeconds() {
        double fast = 100 * MBPS;
        double slow = 20 * MBPS;
        for (int i = 0; i < 1000; i++) {
            send(i % 20 == 0 ? 60 : 0, fast);
            read(2000, fast);
        }
        for (int i = 0; i < 2500; i++) {
            send(i % 50 == 0 ? 60 : 0, slow);
            read(2000, slow);
        }
        assertThat(capacity.bytesPerSecond()).isBetween((long) (0.7 * slow), (long) slow);
    }

    @Property
    void itIsNeverMoreThanTheLinkHas(@ForAll long seed, @ForAll @IntRange(min = 1, max = 1000) int mbps) {
        Random random = new Random(seed);
        LinkCapacityTest link = new LinkCapacityTest();
        double rate = mbps * MBPS;
        for (int i = 0; i < 500; i++) {
            link.send(random.nextInt(4) == 0 ? random.nextInt(200) : 0, rate);
            link.read(100 + random.nextInt(20) * 200L, rate);
        }
        assertThat(link.capacity.bytesPerSecond()).isLessThanOrEqualTo((long) rate + 1);
    }

    @Test
    void spansThatAreTooShortOrTooLongTellNothing() {
        for (int i = 0; i < 100; i++) {
            capacity.onPacket(PACKET, 0, 400);
        }
        for (int i = 0; i < 100; i++) {
            capacity.onPacket(PACKET, 1000, 27_000);
        }
        for (int i = 0; i < 100; i++) {
            capacity.onPacket(PACKET, 53_000, 53_000);
        }
        capacity.onPacket(PACKET, 60_000, 61_000);
        assertThat(capacity.bytesPerSecond()).isZero();
    }

    @Test
    void afterALongPauseWhatWasBeforeIsForgotten() {
        for (int i = 0; i < 11; i++) {
            capacity.onPacket(PACKET, 0, 5_000);
        }
        for (int i = 0; i < 3; i++) {
            capacity.onPacket(PACKET, 10_000_000, 10_005_000);
        }
        assertThat(capacity.bytesPerSecond()).isEqualTo(10 * PACKET * 100L);
        capacity.onPacket(PACKET, 10_010_000, 10_015_000);
        assertThat(capacity.bytesPerSecond()).isEqualTo(2 * PACKET * 100L);
    }
}
