// SPDX-License-Identifier: Apache-2.0
package io.medicloud.srt;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;

/** Texts from outside are read, or refused with one line that says what is wrong. */
class TextFuzzTest {
    @FuzzTest
    void anyTextIsAStreamIdAPacketFilterAnUriOrRefused(byte[] input) {
        String text = new String(input, StandardCharsets.UTF_8);
        readStreamId(text);
        readPacketFilter(text);
        readUri(text);
    }

    private static void readStreamId(String text) {
        try {
            SrtStreamId id = SrtStreamId.parse(text);
            assertThat(id.raw()).isEqualTo(text);
            assertThat(SrtStreamId.parse(id.raw())).isEqualTo(id);
        } catch (IllegalArgumentException e) {
            assertThatItIsOneLine(e);
        }
    }

    private static void readPacketFilter(String text) {
        try {
            SrtPacketFilter filter = SrtPacketFilter.parse(text);
            assertThat(SrtPacketFilter.parse(filter.text())).isEqualTo(filter);
            assertThat(filter.merge(filter)).isEqualTo(filter);
            assertThat(filter.columnLength()).isPositive();
        } catch (IllegalArgumentException e) {
            assertThatItIsOneLine(e);
        }
    }

    private static void readUri(String text) {
        try {
            SrtUri uri = SrtUri.parse(text);
            assertThat(SrtUri.parse(uri.toUrl()).toUrl()).isEqualTo(uri.toUrl());
        } catch (IllegalArgumentException e) {
            assertThat(e.getMessage()).isNotBlank();
        }
    }

    private static void assertThatItIsOneLine(IllegalArgumentException e) {
        assertThat(e.getMessage()).isNotBlank();
    }
}
