// SPDX-License-Identifier: Apache-2.0
package io.medicloud.mpegts.psi;

import static org.assertj.core.api.Assertions.assertThat;

import io.medicloud.testdata.Sections;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class TablesTest {
    @Test
    void aPatNamesItsProgramsAndLeavesTheNetworkOut() {
        byte[] section = Sections.pat(
                77, 5, new Sections.Program(0, 0x10), new Sections.Program(3, 0x100), new Sections.Program(9, 0x1FFE));
        Pat pat = Pat.parse(section, section.length);
        assertThat(pat)
                .isEqualTo(new Pat(77, 5, true, 0, 0, List.of(new Pat.Program(3, 0x100), new Pat.Program(9, 0x1FFE))));
    }

    @Test
    void aPmtNamesItsStreamsWithTheirDescriptors() {
        byte[] section = Sections.pmt(
                3,
                1,
                0x101,
                Sections.registration("HDMV"),
                List.of(
                        new Sections.Stream(0x1B, 0x101),
                        new Sections.Stream(0x06, 0x102, Sections.registration("Opus"), Sections.language("deu"))));
        Pmt pmt = Pmt.parse(section, section.length);
        assertThat(pmt).isNotNull();
        assertThat(pmt.programNumber()).isEqualTo(3);
        assertThat(pmt.pcrPid()).isEqualTo(0x101);
        assertThat(pmt.descriptors().registration()).isEqualTo("HDMV");
        assertThat(pmt.streams()).extracting(ElementaryStream::pid).containsExactly(0x101, 0x102);
        ElementaryStream opus = pmt.streams().get(1);
        assertThat(opus.isAudio()).isTrue();
        assertThat(opus.isVideo()).isFalse();
        assertThat(opus.descriptors().language()).isEqualTo("deu");
        assertThat(opus.descriptors().has(0x59)).isFalse();
        assertThat(pmt.streams().get(0).isVideo()).isTrue();
        assertThat(pmt.streams().get(0).descriptors()).isEqualTo(Descriptors.NONE);
    }

    @Test
    void aSectionOfAnotherTableIsNeither() {
        byte[] sdt = Sections.sdt(1, 0, 1, "provider", "name");
        assertThat(Pat.parse(sdt, sdt.length)).isNull();
        assertThat(Pmt.parse(sdt, sdt.length)).isNull();
    }

    @Property
    void aTableThatLiesAboutItsLengthsIsReadAsFarAsItGoes(
            @ForAll @IntRange(min = 1, max = 60) int index, @ForAll byte value) {
        byte[] section = Sections.pmt(
                3,
                1,
                0x101,
                new Sections.Stream(0x1B, 0x101, Sections.language("eng")),
                new Sections.Stream(0x0F, 0x102));
        section[Math.min(index, section.length - 5)] = value;
        for (int length = 0; length <= section.length; length++) {
            Pmt pmt = Pmt.parse(Arrays.copyOf(section, Math.max(length, 12)), length);
            assertThat(pmt == null ? 0 : pmt.streams().size()).isLessThan(10);
            if (pmt != null) {
                pmt.streams().forEach(stream -> stream.descriptors().find(Descriptors.ISO_639_LANGUAGE));
            }
            Pat.parse(Arrays.copyOf(section, Math.max(length, 12)), length);
        }
    }

    @Test
    void aDescriptorBeyondItsLoopEndsIt() {
        byte[] loop = {0x0A, 1, 'x', 0x05, 4, 'O', 'p', 'u'};
        Descriptors descriptors = Descriptors.of(loop, 0, loop.length);
        assertThat(descriptors.find(0x0A)).containsExactly('x');
        assertThat(descriptors.registration()).isEmpty();
        assertThat(descriptors.language()).isEmpty();
    }
}
