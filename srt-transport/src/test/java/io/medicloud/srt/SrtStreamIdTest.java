// SPDX-License-Identifier: Apache-2.0
package io.medicloud.srt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.charset.StandardCharsets;
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
