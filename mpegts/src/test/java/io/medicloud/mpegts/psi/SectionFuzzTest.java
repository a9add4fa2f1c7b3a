// SPDX-License-Identifier: Apache-2.0
package io.medicloud.mpegts.psi;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.medicloud.mpegts.packet.Pts;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.List;

class SectionFuzzTest {
    /** The first byte of a packet's share tells its length, and whether a section begins in it. */
    @FuzzTest
    void anyPayloadIsPutTogetherToSectionsThatAreWhole(byte[] input) {
        List<byte[]> sections = new ArrayList<>();
        SectionAssembler assembler = new SectionAssembler(
                0,
                (pid, section, length, first, last) -> {
                    assertThat(length).isBetween(3, SectionAssembler.LONGEST).isLessThanOrEqualTo(section.length);
                    assertThat(first).isLessThanOrEqualTo(last);
                    sections.add(java.util.Arrays.copyOf(section, length));
                },
                (fault, pid) -> {});
        ByteBuf data = Unpooled.wrappedBuffer(input);
        int packet = 0;
        for (int at = 0; at < input.length; ) {
            int length = Math.min(input[at] & 0x7F, input.length - at - 1);
            assembler.onPayload(data, at + 1, at + 1 + length, input[at] < 0, packet++);
            at += 1 + length;
        }
        int bytes = sections.stream().mapToInt(section -> section.length).sum();
        assertThat(bytes).isLessThanOrEqualTo(input.length);
        sections.forEach(SectionFuzzTest::parse);
    }

    @FuzzTest
    void anySectionIsReadOrRefused(byte[] section) {
        parse(section);
    }

    /** A splice information section, whether its CRC is right or not. */
    @FuzzTest
    void anySpliceInformationIsReadOrRefused(byte[] section) {
        SpliceInfo splice = SpliceInfo.parse(section, section.length);
        if (splice != null) {
            long pts = splice.pts();
            assertThat(pts == Pts.NONE || pts >>> 33 == 0).isTrue();
            assertThat(splice.command().name()).isNotEmpty();
            assertThat(splice.descriptors().size()).isLessThanOrEqualTo(section.length / 2);
            assertThat(splice.toString()).isNotEmpty();
        }
    }

    private static void parse(byte[] section) {
        parseServices(section);
        Pat pat = Pat.parse(section, section.length);
        if (pat != null) {
            assertThat(pat.programs().size()).isLessThanOrEqualTo(section.length / 4);
        }
        Pmt pmt = Pmt.parse(section, section.length);
        if (pmt != null) {
            read(pmt.descriptors());
            for (ElementaryStream stream : pmt.streams()) {
                assertThat(stream.pid()).isBetween(0, 0x1FFF);
                read(stream.descriptors());
            }
        }
    }

    private static void parseServices(byte[] section) {
        Sdt sdt = Sdt.parse(section, section.length);
        assertThat(sdt == null || sdt.services().size() <= section.length / 5).isTrue();
        Nit nit = Nit.parse(section, section.length);
        assertThat(nit == null || nit.networkName().length() <= section.length).isTrue();
        Cat cat = Cat.parse(section, section.length);
        assertThat(cat == null || cat.toString().length() > 0).isTrue();
    }

    private static void read(Descriptors descriptors) {
        for (int tag = 0; tag < 256; tag++) {
            assertThat(descriptors.has(tag)).isEqualTo(descriptors.find(tag) != null);
        }
        assertThat(descriptors.registration().length()).isLessThanOrEqualTo(4);
        assertThat(descriptors.language().length()).isLessThanOrEqualTo(3);
        assertThat(descriptors.toString()).isNotNull();
    }
}
