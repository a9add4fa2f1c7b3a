// SPDX-License-Identifier: Apache-2.0
package io.medicloud.mpegts.demux;

import static org.assertj.core.api.Assertions.assertThat;

import io.medicloud.mpegts.packet.TsFault;
import io.medicloud.mpegts.psi.Cat;
import io.medicloud.mpegts.psi.Nit;
import io.medicloud.mpegts.psi.Sdt;
import io.medicloud.mpegts.psi.SpliceInfo;
import io.medicloud.testdata.Sections;
import io.medicloud.testdata.TsWriter;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** CAT, NIT, SDT and splice information are told when they are news. */
class ServiceTablesToldTest {
    private final TsWriter writer = new TsWriter();
    private final List<Object> told = new ArrayList<>();

    private TsDemuxer read() {
        TsDemuxer demuxer = new TsDemuxer(new DemuxSink() {
            @Override
            public void onCat(Cat table) {
                told.add(table);
            }

            @Override
            public void onNit(Nit table) {
                told.add(table);
            }

            @Override
            public void onSdt(Sdt table) {
                told.add(table);
            }

            @Override
            public void onSplice(int pid, long packet, SpliceInfo splice) {
                told.add(splice);
            }
        });
        demuxer.onData(Unpooled.wrappedBuffer(writer.toByteArray()));
        demuxer.finish();
        return demuxer;
    }

    @Test
    void whatComesAgainIsToldOnceAndAgainWhenItIsAnother() {
        for (int i = 0; i < 3; i++) {
            writer.section(0x11, Sections.sdt(1, 0, 1, "a", "b"));
        }
        writer.section(0x11, Sections.sdt(1, 1, 1, "a", "c"));
        writer.section(0x11, Sections.sdt(1, 0, 1, "a", "b"));
        read();
        assertThat(told).hasSize(3).hasOnlyElementsOfType(Sdt.class);
        assertThat(told.get(0)).isEqualTo(told.get(2)).isNotEqualTo(told.get(1));
    }

    @Test
    void tablesThatAreNotYetInForceAreNotTold() {
        byte[] body = {(byte) 0xF0, 0, (byte) 0xF0, 0};
        writer.section(0x10, Sections.section(0x40, 5, 0, false, 0, 0, body));
        writer.section(0x10, Sections.section(0x40, 5, 1, true, 0, 0, body));
        writer.section(0x01, Sections.section(0x01, 0xFFFF, 0, false, 0, 0, new byte[0]));
        writer.section(0x01, Sections.section(0x01, 0xFFFF, 1, true, 0, 0, new byte[0]));
        writer.section(0x10, Sections.section(0x4A, 5, 1, true, 0, 0, body));
        read();
        assertThat(told).hasSize(2);
        assertThat(told.get(0)).isInstanceOf(Nit.class);
        assertThat(told.get(1)).isInstanceOf(Cat.class);
    }

    @Test
    void moreSectionsThanAreKeptInMindAreToldAllTheSame() {
        for (int round = 0; round < 2; round++) {
            for (int i = 0; i < 300; i++) {
                writer.section(0x11, Sections.sdt(i, 0, 1, "a", "b"));
            }
        }
        read();
        assertThat(told).hasSizeBetween(300, 600);
    }

    @Test
    void spliceInformationThatIsDamagedIsReported() {
        byte[] info = {0x05, 4, 'C', 'U', 'E', 'I'};
        writer.pat(1, new Sections.Program(1, 0x1000));
        writer.section(0x1000, Sections.pmt(1, 0, 0x100, info, List.of(new Sections.Stream(0x86, 0x102))));
        byte[] bad = new byte[20];
        bad[0] = (byte) 0xFC;
        bad[1] = 0x30;
        bad[2] = 17;
        writer.section(0x102, bad);
        TsDemuxer demuxer = read();
        assertThat(told).isEmpty();
        assertThat(demuxer.count(TsFault.CRC)).isEqualTo(1);
    }
}
