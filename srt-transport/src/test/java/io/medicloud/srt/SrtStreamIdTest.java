// SPDX-License-Identifier: Apache-2.0
package io.medicloud.srt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.charset.StandardCharsets;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class SrtStreamIdTest {

    @Test
    void theStructuredFormSaysWhoWantsWhat() {
        SrtStreamId id = SrtStreamId.parse("#!::u=alice,r=live/cam-1,m=publish,h=example.org,s=17,t=auth,user_x=y=z");
        assertThat(id.isStructured()).isTrue();
        assertThat(id.user()).isEqualTo("alice");
        assertThat(id.resource()).isEqualTo("live/cam-1");
        assertThat(id.mode()).isEqualTo("publish");
        assertThat(id.host()).isEqualTo("example.org");
        assertThat(id.session()).isEqualTo("17");
        assertThat(id.type()).isEqualTo("auth");
        assertThat(id.keys()).containsEntry("user_x", "y=z").hasSize(7);
    }

    @Property
    void allBytesAreFoundAgainInTheirString(@ForAll byte[] sent) {
        assertThat(SrtStreamId.encode(SrtStreamId.decode(sent))).isEqualTo(sent);
    }

    @Property
    void whatIsUtf8IsReadAsSuch(@ForAll String text) {
        byte[] sent = text.getBytes(StandardCharsets.UTF_8);
        assertThat(SrtStreamId.decode(sent)).isEqualTo(new String(sent, StandardCharsets.UTF_8));
        assertThat(SrtStreamId.encode(new String(sent, StandardCharsets.UTF_8))).isEqualTo(sent);
    }

    @Test
    void bytesThatAreNotUtf8AreNeverEqualToAnyText() {
        byte[] latin = {'c', 'a', 'f', (byte) 0xE9};
        byte[] other = {'c', 'a', 'f', (byte) 0xE8};
        byte[] cutShort = {'c', 'a', 'f', (byte) 0xC3};
        List<String> strings = List.of(
                SrtStreamId.decode(latin),
                SrtStreamId.decode(other),
                SrtStreamId.decode(cutShort),
                SrtStreamId.decode("caf\u00E9".getBytes(StandardCharsets.UTF_8)),
                SrtStreamId.decode("caf\uFFFD".getBytes(StandardCharsets.UTF_8)));
        assertThat(strings).doesNotHaveDuplicates();
        assertThat(strings.get(0)).isEqualTo("caf\uDCE9");
        assertThat(SrtStreamId.parse(strings.get(0)).resource()).isEqualTo(strings.get(0));
        SrtOptions options = SrtOptions.STANDARD.withStreamId(strings.get(0));
        assertThat(options.streamId()).isEqualTo(strings.get(0));
        assertThatIllegalArgumentException().isThrownBy(() -> SrtOptions.STANDARD.withStreamId("\uD800"));
        assertThatIllegalArgumentException()
                .as("the bytes of a character that is not written as such")
                .isThrownBy(() -> SrtOptions.STANDARD.withStreamId("\uDCC3\uDCA9"));
        assertThatIllegalArgumentException().isThrownBy(() -> SrtOptions.STANDARD.withPassphrase("0123456789\uDCE9"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"live/cam-1", "publish:live/x", "", "#live", "#!:{u=alice}", "100%", "%zz"})
    void anyOtherTextIsAResource(String raw) {
        SrtStreamId id = SrtStreamId.parse(raw);
        assertThat(id.isStructured()).isFalse();
        assertThat(id.resource()).isEqualTo(raw);
        assertThat(id.user()).isEmpty();
        assertThat(id.type()).isEqualTo("stream");
        assertThat(id.mode()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"#!::r%3Dcam1,m%3Dpublish", "%23!::r=cam1,m=publish", "%23%21%3A%3Ar%3Dcam1%2Cm%3Dpublish"})
    void whatFfmpegSendsUndecodedIsUnderstood(String raw) {
        SrtStreamId id = SrtStreamId.parse(raw);
        assertThat(id.raw()).isEqualTo(raw);
        assertThat(id.resource()).isEqualTo("cam1");
        assertThat(id.mode()).isEqualTo("publish");
    }

    @ParameterizedTest
    @ValueSource(strings = {"#!::", "#!::r", "#!::=x", "#!::r=a,", "#!::r=a,r=b", "#!::r%3", "%23!::r=%ff"})
    void aBrokenStructureIsAnError(String raw) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SrtStreamId.parse(raw))
                .withMessageContaining("stream id");
    }

    @Test
    void moreThan512BytesAreAnError() {
        assertThat(SrtStreamId.parse("x".repeat(512)).resource()).hasSize(512);
        assertThatIllegalArgumentException().isThrownBy(() -> SrtStreamId.parse("ä".repeat(257)));
    }

    @Property
    void anyTextIsAStreamIdOrAnErrorInOneLine(@ForAll String text, @ForAll boolean structured) {
        String raw = structured ? "#!::" + text : text;
        try {
            SrtStreamId id = SrtStreamId.parse(raw);
            assertThat(id.raw()).isEqualTo(raw);
            assertThat(raw.getBytes(StandardCharsets.UTF_8)).hasSizeLessThanOrEqualTo(512);
        } catch (IllegalArgumentException e) {
            assertThat(e).hasNoCause();
            assertThat(e.getMessage()).contains("stream id");
        }
    }
}
