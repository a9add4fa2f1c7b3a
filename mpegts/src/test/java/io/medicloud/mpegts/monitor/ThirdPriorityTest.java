// SPDX-License-Identifier: Apache-2.0
package io.medicloud.mpegts.monitor;

import static io.medicloud.mpegts.monitor.Broadcast.SECOND;
import static org.assertj.core.api.Assertions.assertThat;

import io.medicloud.testdata.PacketBuilder;
import io.medicloud.testdata.Sections;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** TR 101 290, table 5.0c: each indicator of service information at its threshold, below and above. */
class ThirdPriorityTest {
    private final Broadcast broadcast = new Broadcast();

    @ParameterizedTest(name = "{0}: table {2} on PID {1} within {3} us, not {4} us")
    @CsvSource(delimiter = '|', textBlock = """
            3.1 3.1.a 3.2 | 16 | 64 | 10000000 | 10001000
            3.5 3.5.a 3.2 | 17 | 66 |  2000000 |  2001000
            3.2           | 17 | 74 | 10000000 | 10001000
            3.8 3.2       | 20 | 112 | 30000000 | 30001000
            3.2           | 20 | 115 | 30000000 | 30001000
            3.1.b 3.2     | 16 | 65 | 10000000 | 10001000
            3.5.b 3.2     | 17 | 70 | 10000000 | 10001000
            """)
    void aTableIsMissedAfterItsPeriod(String numbers, int pid, int table, long goodUs, long badUs) {
        Broadcast.Event event = broadcast.section(goodUs, pid, section(table, 0));
        // The network's own table is there, so that those of other networks are measured alone.
        if (table == 65) {
            broadcast.section(SECOND, 16, section(64, 0));
        }
        broadcast.run(4 * goodUs);
        assertThat(broadcast.raised()).isEmpty();
        event.every(badUs);
        broadcast.run(4 * badUs);
        assertThat(broadcast.raised().stream().map(Indicator::number))
                .containsExactlyInAnyOrder(numbers.trim().split(" ", -1));
    }

    @ParameterizedTest(name = "{0}: table {2} on PID {1} not within 25 ms")
    @CsvSource(delimiter = '|', textBlock = """
            3.1.a 3.2 | 16 | 64
            3.5.a 3.2 | 17 | 66
            3.2       | 17 | 74
            3.6.a 3.2 | 18 | 78
            3.7 3.2   | 19 | 113
            3.8 3.2   | 20 | 112
            """)
    void sectionsOfATableLie25MillisecondsApart(String numbers, int pid, int table) {
        broadcast.run(SECOND);
        broadcast.send(w -> w.section(pid, section(table, 0)));
        broadcast.run(25_000).send(w -> w.section(pid, section(table, 0)));
        assertThat(broadcast.raised()).isEmpty();
        broadcast.run(24_999).send(w -> w.section(pid, section(table, 0)));
        assertThat(broadcast.raised().stream().map(Indicator::number))
                .containsExactlyInAnyOrder(numbers.trim().split(" ", -1));
    }

    @Test
    void theGapIsThatFromTheEndOfASectionToTheStartOfTheNext() {
        byte[] large = Sections.section(0x40, 1, 0, true, 0, 0, new byte[300]);
        broadcast.run(SECOND).send(w -> w.section(16, large));
        byte[] packets = new io.medicloud.testdata.TsWriter().section(16, large).toByteArray();
        broadcast.run(24_000).send(w -> w.packet(payload(packets, 0).payloadUnitStart()));
        broadcast.run(24_000).send(w -> w.packet(payload(packets, 1)));
        assertThat(broadcast.count(Indicator.NIT_ACTUAL_ERROR)).isEqualTo(1);
        broadcast.run(26_000).send(w -> w.packet(payload(packets, 0).payloadUnitStart()));
        broadcast.run(10_000).send(w -> w.packet(payload(packets, 1)));
        assertThat(broadcast.count(Indicator.NIT_ACTUAL_ERROR)).isEqualTo(1);
    }

    private static PacketBuilder payload(byte[] packets, int index) {
        return PacketBuilder.of(16).payload(java.util.Arrays.copyOfRange(packets, index * 188 + 4, index * 188 + 188));
    }

    @ParameterizedTest
    @CsvSource({
        "16, 64, 66, 3.1 3.1.a",
        "17, 66, 64, 3.5 3.5.a",
        "18, 80, 64, 3.6 3.6.a",
        "19, 114, 66, 3.7",
        "20, 114, 66, 3.8"
    })
    void anotherTableOnAPidOfServiceInformationIsAnError(int pid, int allowed, int wrong, String numbers) {
        broadcast.run(SECOND).send(w -> w.section(pid, section(allowed, 0)));
        assertThat(broadcast.raised()).isEmpty();
        broadcast.send(w -> w.section(pid, section(wrong, 0)));
        assertThat(broadcast.raised().stream().map(Indicator::number))
                .containsExactlyInAnyOrder(numbers.split(" ", -1));
    }

    @ParameterizedTest
    @CsvSource({"2000000, 2000000, false", "2001000, 2000000, true", "2000000, 2001000, true"})
    void presentAndFollowingEventsAreMissedAfterTwoSeconds(long presentUs, long followingUs, boolean late) {
        broadcast.section(presentUs, 18, section(0x4E, 0));
        broadcast.run(100_000);
        broadcast.section(followingUs, 18, section(0x4E, 1));
        broadcast.run(10 * SECOND);
        assertThat(broadcast.count(Indicator.EIT_ACTUAL_ERROR) > 0).isEqualTo(late);
        assertThat(broadcast.count(Indicator.EIT_ERROR) > 0).isEqualTo(late);
    }

    @ParameterizedTest
    @CsvSource({"10000000, 0", "10001000, 3"})
    void eventsOfOtherStreamsAreMissedAfterTenSeconds(long periodUs, int errors) {
        broadcast.section(periodUs, 18, section(0x4F, 0));
        broadcast.run(100_000);
        broadcast.section(periodUs, 18, section(0x4F, 1));
        broadcast.run(35 * SECOND);
        assertThat(broadcast.count(Indicator.EIT_OTHER_ERROR)).isEqualTo(2L * errors);
    }

    @ParameterizedTest
    @CsvSource({"true, 0", "false, 1"})
    void aPresentEventNeedsAFollowingOne(boolean following, int errors) {
        broadcast.section(SECOND, 18, section(0x4E, 0));
        broadcast.run(100_000);
        if (following) {
            broadcast.section(SECOND, 18, section(0x4E, 1));
        }
        broadcast.run(2 * SECOND);
        assertThat(broadcast.count(Indicator.EIT_PF_ERROR)).isZero();
        broadcast.run(SECOND);
        assertThat(broadcast.count(Indicator.EIT_PF_ERROR)).isEqualTo(errors);
    }

    @Test
    void sectionsOfDifferentServicesMayComeBackToBack() {
        broadcast.run(SECOND).send(w -> {
            for (int service = 1; service < 6; service++) {
                w.section(18, Sections.section(0x4E, service, 0, true, 0, 1, new byte[6]));
            }
        });
        assertThat(broadcast.count(Indicator.EIT_ACTUAL_ERROR)).isZero();
    }

    @Test
    void aTimeOffsetTableHasACrcWithoutSayingSo() {
        byte[] bad = section(0x73, 0);
        bad[4] ^= 1;
        broadcast.run(SECOND).send(w -> w.section(20, section(0x73, 0)));
        assertThat(broadcast.raised()).isEmpty();
        broadcast.send(w -> w.section(20, bad));
        assertThat(broadcast.raised()).containsExactly(Indicator.CRC_ERROR);
    }

    @Test
    void inADvbNetworkServiceInformationIsMissedFromTheStart() {
        Broadcast network = new Broadcast(MonitorPolicy.DEFAULT.withServiceInformation(true), MonitorSink.NONE);
        network.run(31 * SECOND);
        assertThat(network.raised().stream().map(Indicator::number))
                .containsExactlyInAnyOrder("3.1", "3.1.a", "3.2", "3.5", "3.5.a", "3.6", "3.6.a", "3.8");
    }

    @ParameterizedTest
    @CsvSource({"499000, 0", "510000, 1"})
    void aPidIsReferredToWithinHalfASecond(long us, int errors) {
        broadcast.run(SECOND).send(w -> w.packet(PacketBuilder.of(0x333).payload(new byte[184])));
        broadcast.run(us).silence(1);
        assertThat(broadcast.count(Indicator.UNREFERENCED_PID)).isEqualTo(errors);
        assertThat(broadcast.count(Indicator.UNREFERENCED_PID_2)).isEqualTo(errors);
    }

    @Test
    void conditionalAccessAndReservedAndPrivatePidsNeedNoMap() {
        MonitorPolicy policy = MonitorPolicy.DEFAULT.withPrivatePids(Set.of(0x334));
        Broadcast network = new Broadcast(policy, MonitorSink.NONE);
        network.section(200_000, 1, SecondPriorityTest.cat());
        byte[] access = {0x09, 4, 0x01, 0x00, (byte) 0xE6, 0x00};
        network.pmt.every(0);
        network.section(
                100_000,
                Broadcast.PMT,
                Sections.pmt(1, 1, Broadcast.VIDEO, access, java.util.List.of(Broadcast.streams())));
        for (int pid : new int[] {0x334, 0x500, 0x600, 0x1F}) {
            network.every(100_000, b -> b.writer.packet(PacketBuilder.of(pid).payload(new byte[184])));
        }
        assertThat(network.run(2 * SECOND).raised()).isEmpty();
        assertThat(network.monitor.report().pids())
                .anyMatch(pid -> pid.pid() == 0x600 && pid.role() == PidRole.CA)
                .anyMatch(pid -> pid.pid() == 0x500 && pid.role() == PidRole.CA);
    }

    /** A section of this table, with section_number, in the syntax that the table has. */
    static byte[] section(int table, int number) {
        return switch (table) {
            case 0x70 -> new byte[] {0x70, 0x70, 5, 1, 2, 3, 4, 5};
            case 0x71 -> new byte[] {0x71, 0x70, 2, 1, 2};
            case 0x72 -> new byte[] {0x72, 0x70, 2, 1, 2};
            case 0x73 -> timeOffset();
            default -> Sections.section(table, 1, 0, true, number, 1, new byte[] {0, 1, 0, 1, 0, 0});
        };
    }

    private static byte[] timeOffset() {
        byte[] section = {0x73, 0x70, 11, 1, 2, 3, 4, 5, (byte) 0xF0, 0, 0, 0, 0, 0};
        int crc = io.medicloud.mpegts.psi.Crc32Mpeg.of(section, 0, 10);
        for (int i = 0; i < 4; i++) {
            section[10 + i] = (byte) (crc >>> (24 - 8 * i));
        }
        return section;
    }
}
