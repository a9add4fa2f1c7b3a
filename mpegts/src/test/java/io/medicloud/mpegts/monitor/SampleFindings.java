// SPDX-License-Identifier: Apache-2.0
package io.medicloud.mpegts.monitor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** What real streams are known for, from what other programs say of them. */
final class SampleFindings {
    /** Continuity_count_error by file; 0 in all others. */
    private static final Map<String, Long> CONTINUITY = Map.of(
            "tsd_024_cc_errors.ts", 2L,
            "tsd_089_hls_opengop_0.ts", 35L,
            "tsd_143_corrupt_sat.ts", 142L,
            "ey_80s_with_ad.ts", 332L); // Each PMT packet is the one before it, with its counter; twice is allowed.

    /** Files with errors of the first priority other than continuity, which HLS segments have: tables once at the start. */
    private static final Map<String, Long> TRANSPORT = Map.of("tsd_143_corrupt_sat.ts", 19L);

    private static final Set<String> SYNC = Set.of("m3_with_junk.ts");

    private SampleFindings() {}

    static void check(String file, MonitorReport report) {
        assertThat(report.of(Indicator.CONTINUITY_COUNT_ERROR).count()).isEqualTo(CONTINUITY.getOrDefault(file, 0L));
        assertThat(report.of(Indicator.TRANSPORT_ERROR).count()).isEqualTo(TRANSPORT.getOrDefault(file, 0L));
        assertThat(report.of(Indicator.TS_SYNC_LOSS).count() > 0).isEqualTo(SYNC.contains(file));
        assertThat(report.of(Indicator.CRC_ERROR).count() > 0).isEqualTo(file.equals("tsd_143_corrupt_sat.ts"));
        assertThat(report.of(Indicator.PCR_ACCURACY_ERROR).count()).isZero();
        Set<String> raised = new TreeSet<>();
        FileMonitorTest.raised(report).forEach(indicator -> raised.add(indicator.number()));
        switch (file) {
            case "tsd_026_h264_1080i_dvb.ts", "tsd_025_mpeg2_dvb.ts", "shk_ac3_seg1_nopsi_start.ts" ->
                assertThat(raised).isEmpty();
            case "tsd_089_hls_opengop_0.ts" -> assertThat(raised).containsExactly("1.4");
            case "tsd_026_csa_scrambled.ts" -> assertThat(raised).containsExactly("2.6");
            case "tsd_108_mpts_mpeg2_hevc.ts" -> {
                assertThat(raised).containsExactly("3.4", "3.4.a");
                assertThat(report.clocks()).hasSize(9);
            }
            case "tsd_137_hevc_4k_nopsi_start.ts" -> assertThat(raised).containsExactly("1.5", "1.5.a");
            case "m3_with_junk.ts" -> assertThat(raised).containsExactly("1.1", "1.2");
            case "ey_80s_with_ad.ts" -> {
                // A clock reference a second, which is ten times too seldom.
                assertThat(raised).containsExactly("1.4", "2.3", "2.3.a", "2.3.b", "2.5");
                assertThat(report.clocks().get(0).meanIntervalMs()).isCloseTo(1000.0, within(0.001));
                assertThat(report.videos().get(0).randomAccessPoints()).isEqualTo(80);
                assertThat(report.videos().get(0).pictures()).isEqualTo(2400);
            }
            default -> {}
        }
    }
}
