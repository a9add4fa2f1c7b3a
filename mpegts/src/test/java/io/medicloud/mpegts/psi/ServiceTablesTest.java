// SPDX-License-Identifier: Apache-2.0
package io.medicloud.mpegts.psi;

import static org.assertj.core.api.Assertions.assertThat;

import io.medicloud.testdata.Sections;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

/** CAT, NIT and SDT, the names in them, and what descriptors are called. */
class ServiceTablesTest {
    private static byte[] hex(String text) {
        return HexFormat.of().parseHex(text.replace(" ", ""));
    }

    @Test
    void theConditionalAccessTableNamesItsSystems() {
        byte[] section = Sections.section(0x01, 0xFFFF, 3, true, 0, 0, hex("0904 0100 E123 0904 1803 E124 0900"));
        Cat cat = Objects.requireNonNull(Cat.parse(section, section.length));
        assertThat(cat.version()).isEqualTo(3);
        assertThat(cat.systems()).containsExactly(new Cat.CaSystem(0x0100, 0x123), new Cat.CaSystem(0x1803, 0x124));
    }

    @Test
    void theServiceDescriptionTableNamesItsServices() {
        byte[] section = Sections.sdt(7, 1, 1, "Provider", "Name");
        Sdt sdt = Objects.requireNonNull(Sdt.parse(section, section.length));
        assertThat(sdt.transportStreamId()).isEqualTo(7);
        assertThat(sdt.actual()).isTrue();
        assertThat(sdt.services()).containsExactly(new Sdt.Service(1, 1, "Provider", "Name", 4, false));
    }

    @Test
    void theNetworkInformationTableNamesTheNetwork() {
        byte[] section = Sections.section(0x40, 0x2114, 0, true, 0, 0, hex("F005 4003 4E6574 F000"));
        Nit nit = Objects.requireNonNull(Nit.parse(section, section.length));
        assertThat(nit.networkId()).isEqualTo(0x2114);
        assertThat(nit.networkName()).isEqualTo("Net");
    }

    @Test
    void textIsReadByItsCharacterTable() {
        assertThat(DvbText.decode(new byte[0])).isEmpty();
        assertThat(DvbText.decode("Das Erste".getBytes(StandardCharsets.US_ASCII)))
                .isEqualTo("Das Erste");
        assertThat(DvbText.decode(hex("4D C8 75 6E 63 68 65 6E"))).isEqualTo("M\u00fcnchen");
        assertThat(DvbText.decode(hex("01 BF 8A D0"))).isEqualTo("\u041f\u0430");
        assertThat(DvbText.decode(hex("10 00 02 B1"))).isEqualTo("\u0105");
        assertThat(DvbText.decode(hex("11 0416"))).isEqualTo("\u0416");
        assertThat(DvbText.decode(hex("15 C3A9"))).isEqualTo("\u00e9");
        assertThat(DvbText.decode(hex("86 41 87 C1"))).isEqualTo("A\u00c1");
    }

    @Test
    void descriptorsHaveNames() {
        byte[] loop = hex("0504 43554549 0A04 656E6700 2803 64001F 5608 656E6709 0188 0000 6A01 00 7F02 8002 0E");
        byte[] section = Sections.pmt(1, 0, 256, loop, List.of());
        Pmt pmt = Objects.requireNonNull(Pmt.parse(section, section.length));
        assertThat(pmt.descriptors().entries())
                .extracting(Descriptors.Entry::name)
                .containsExactly("registration", "ISO_639_language", "AVC_video", "teletext", "AC-3", "Opus");
    }

    @Property(tries = 500)
    void noBytesDoHarm(@ForAll @Size(max = 200) byte[] body, @ForAll byte tableId) {
        byte[] section = Sections.section(tableId & 0xFF, 1, 0, true, 0, 0, body);
        Cat.parse(section, section.length);
        Nit.parse(section, section.length);
        Sdt.parse(section, section.length);
        DvbText.decode(body);
        Cat.parse(body, body.length);
        Nit.parse(body, body.length);
        Sdt.parse(body, body.length);
    }
}
