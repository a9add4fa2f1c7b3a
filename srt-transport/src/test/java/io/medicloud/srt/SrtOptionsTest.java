// SPDX-License-Identifier: Apache-2.0
package io.medicloud.srt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;

final class SrtOptionsTest {

    @Test
    void whatIsNotSetHasItsStandardValue() {
        SrtOptions options = SrtOptions.STANDARD;
        assertThat(options.number(SrtOption.LATENCY)).isEqualTo(120);
        assertThat(options.number(SrtOption.PEERIDLETIMEO)).isEqualTo(5000);
        assertThat(options.flag(SrtOption.ENFORCEDENCRYPTION)).isTrue();
        assertThat(options.passphrase()).isEmpty();
        assertThat(options.isSet(SrtOption.LATENCY)).isFalse();
    }

    @Test
    void settingMakesOthersAndLeavesTheseAlone() {
        SrtOptions options = SrtOptions.STANDARD.withLatencyMs(250);
        SrtOptions more = options.withPassphrase("correct-horse").with(SrtOption.NAKREPORT, false);
        assertThat(options.passphrase()).isEmpty();
        assertThat(more.number(SrtOption.LATENCY)).isEqualTo(250);
        assertThat(more.flag(SrtOption.NAKREPORT)).isFalse();
        assertThat(more)
                .isNotEqualTo(options)
                .isEqualTo(more.withLatencyMs(250))
                .hasSameHashCodeAs(more.withLatencyMs(250));
    }

    @Test
    void everyStandardValueIsAllowed() {
        for (SrtOption option : SrtOption.values()) {
            assertThat(option.check(option.standard())).as(option.key()).isEqualTo(option.standard());
            assertThat(option.parse(option.format(option.standard())))
                    .as(option.key())
                    .isEqualTo(option.standard());
        }
    }

    @Test
    void anOptionAloneIsNotHeldAgainstTheStandardValueOfAnother() {
        assertThat(SrtOptions.STANDARD.with(SrtOption.KMREFRESHRATE, 2000).number(SrtOption.KMREFRESHRATE))
                .isEqualTo(2000);
        assertThat(SrtOptions.STANDARD.with(SrtOption.MSS, 1300).number(SrtOption.MSS))
                .isEqualTo(1300);
    }

    @Test
    void theOrderOfOptionsDoesNotMatter() {
        SrtOptions rateFirst =
                SrtOptions.STANDARD.with(SrtOption.KMREFRESHRATE, 2000).with(SrtOption.KMPREANNOUNCE, 400);
        SrtOptions announceFirst =
                SrtOptions.STANDARD.with(SrtOption.KMPREANNOUNCE, 400).with(SrtOption.KMREFRESHRATE, 2000);
        assertThat(rateFirst).isEqualTo(announceFirst);
        assertThat(SrtOptions.STANDARD.with(SrtOption.KMPREANNOUNCE, 9_000_000).with(SrtOption.KMREFRESHRATE, 1 << 25))
                .isEqualTo(SrtOptions.STANDARD
                        .with(SrtOption.KMREFRESHRATE, 1 << 25)
                        .with(SrtOption.KMPREANNOUNCE, 9_000_000));
        SrtOptions rate = SrtOptions.STANDARD.with(SrtOption.KMREFRESHRATE, 2000);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> rate.with(SrtOption.KMPREANNOUNCE, 1000))
                .withMessage("kmpreannounce must be less than half of kmrefreshrate (is 1000 of 2000)");
    }

    @Test
    void aValueOfTheWrongKindIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SrtOptions.STANDARD.with(SrtOption.LATENCY, true))
                .withMessage("latency takes a Long");
        assertThatIllegalArgumentException().isThrownBy(() -> SrtOptions.STANDARD.with(SrtOption.STREAMID, 7));
    }

    @Test
    void aStreamIdOfMoreThan512BytesIsRefused() {
        assertThat(SrtOptions.STANDARD.withStreamId("x".repeat(512)).streamId()).hasSize(512);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SrtOptions.STANDARD.withStreamId("x".repeat(513)))
                .withMessage("streamid must be of 1 to 512 characters (is of 513)");
        assertThatIllegalArgumentException().isThrownBy(() -> SrtOptions.STANDARD.withStreamId("a\0b"));
    }

    @Test
    void reasonsHaveSrtsNames() {
        assertThat(RejectReason.BAD_SECRET).hasToString("BADSECRET (10)");
        assertThat(new RejectReason(1404)).isEqualTo(RejectReason.NOT_FOUND).hasToString("NOTFOUND (1404)");
        assertThat(new RejectReason(2005)).hasToString("USER (2005)");
        assertThat(new RejectReason(999)).hasToString("UNDEFINED (999)");
        assertThatIllegalArgumentException().isThrownBy(() -> new RejectReason(-1));
        assertThatIllegalArgumentException().isThrownBy(() -> SrtVerdict.reject(RejectReason.BAD_SECRET));
    }

    @Test
    void statisticsAreListedByLibsrtsNames() {
        assertThat(SrtStats.NONE.toMap())
                .containsKeys("msTimeStamp", "pktRecvTotal", "pktRecv", "byteRecvUniqueTotal", "msRTT", "pktRcvBelated")
                .hasSize(1
                        + 2 * SrtStats.Counters.class.getRecordComponents().length
                        + SrtStats.Instant.class.getRecordComponents().length);
    }
}
