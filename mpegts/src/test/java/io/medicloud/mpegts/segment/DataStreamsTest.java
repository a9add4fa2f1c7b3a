// SPDX-License-Identifier: Apache-2.0
package io.medicloud.mpegts.segment;

import static io.medicloud.mpegts.segment.StreamBuilder.FRAME;
import static org.assertj.core.api.Assertions.assertThat;

import io.medicloud.mpegts.packet.Pts;
import io.medicloud.mpegts.probe.ProbeReport;
import io.medicloud.mpegts.probe.StreamProbe;
import io.medicloud.mpegts.psi.SpliceSections;
import io.medicloud.testdata.ChunkSplitter;
import io.medicloud.testdata.PacketFormat;
import io.medicloud.testdata.PesBuilder;
import io.medicloud.testdata.Sections;
import io.netty.buffer.Unpooled;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A program with data of every kind beside its pictures: each kind has its name, and all packets stay where they are. */
class DataStreamsTest {
    private static final long START = 10L * Pts.HZ;
    private static final int PICTURES = 200;
    private static final int GOP = 50;

    private static final int CUES = 0x201;
    private static final int SYNCHRONOUS_KLV = 0x202;
    private static final int KLV = 0x203;
    private static final int TELETEXT = 0x204;
    private static final int SUBTITLES = 0x205;
    private static final int OPUS = 0x206;
    private static final int PRIVATE = 0x207;
    private static final int ID3 = 0x208;
    private static final int APPLICATIONS = 0x209;

    private static final int METADATA_STREAM = 0xFC;
    private static final byte[] UNIVERSAL_KEY = hex("060E2B34020B01010E01030101000000");

    private static final List<Sections.Stream> STREAMS = List.of(
            new Sections.Stream(0x1B, StreamBuilder.VIDEO),
            new Sections.Stream(0x0F, StreamBuilder.AUDIO, Sections.language("eng")),
            new Sections.Stream(0x86, CUES, hex("8A0101")),
            new Sections.Stream(0x15, SYNCHRONOUS_KLV, hex("26090100FF4B4C5641000F"), hex("2709C00000C00000C00000")),
            new Sections.Stream(0x06, KLV, Sections.registration("KLVA")),
            new Sections.Stream(0x06, TELETEXT, hex("560A 646575 0900 646575 1150")),
            new Sections.Stream(0x06, SUBTITLES, hex("5908 667261 10 00010001")),
            new Sections.Stream(0x06, OPUS, Sections.registration("Opus"), hex("7F028002"), Sections.language("ita")),
            new Sections.Stream(0x06, PRIVATE, Sections.registration("XYZ1"), Sections.language("spa")),
            new Sections.Stream(0x15, ID3, hex("260D FFFF 49443320 FF 49443320 00 0F")),
            new Sections.Stream(0x05, APPLICATIONS, hex("6F030010E0")));

    private static byte[] hex(String text) {
        return HexFormat.of().parseHex(text.replace(" ", ""));
    }

    @Test
    void eachKindHasItsNameAndLanguage() {
        assertThat(named(stream(PacketFormat.TS_188)))
                .containsExactly(
                        "256 h264 null",
                        "257 aac eng",
                        "513 scte_35 null",
                        "514 klv null",
                        "515 klv null",
                        "516 dvb_teletext deu,deu",
                        "517 dvb_subtitle fra",
                        "518 opus ita",
                        "519 null spa",
                        "520 timed_id3 null",
                        "521 null null");
    }

    @Test
    void theNamesAreFfprobes(@TempDir Path folder) throws IOException, InterruptedException {
        byte[] stream = stream(PacketFormat.TS_188);
        Path file = folder.resolve("stream.ts");
        Files.write(file, stream);
        String told = PeerDecoder.run(
                "ffprobe -v quiet -show_entries stream=id,codec_name:stream_tags=language -of compact=p=0:nk=1 "
                        + file);
        List<String> theirs = told.lines()
                .map(line -> line.split("\\|", -1))
                .filter(part -> part.length > 1 && part[1].startsWith("0x"))
                .map(part -> Integer.decode(part[1]) + " " + part[0] + " " + (part.length > 2 ? part[2] : null))
                .toList();
        // What has no name is bin_data, or unknown, there.
        assertThat(theirs)
                .containsAll(named(stream).stream()
                        .filter(one -> !one.contains(" null "))
                        .toList());
    }

    @Test
    void allPacketsStayInTheirPlaces() {
        byte[] stream = stream(PacketFormat.TS_188);
        Cuts cuts = Cuts.of(stream);
        assertThat(cuts.joined()).isEqualTo(stream);
        cuts.assertGapless();
        assertThat(cuts.facts()).hasSize(4).allMatch(SegmentFacts::independent);
        assertThat(cuts.facts()).extracting(SegmentFacts::durationTicks).containsOnly(GOP * FRAME);
        assertThat(cuts.splices()).hasSize(PICTURES / 40);
        for (PacketFormat format : PacketFormat.values()) {
            Cuts.of(stream(format), Cuts.TWO_SECONDS, ChunkSplitter.random(format.size(), 1, 2000))
                    .assertSameAs(cuts);
        }
    }

    @Test
    void withoutPicturesAndSoundTheFirstOfThemTimesTheSegments() {
        StreamBuilder stream = new StreamBuilder();
        for (int i = 0; i < PICTURES; i++) {
            if (i % 10 == 0) {
                stream.pat();
                stream.writer()
                        .section(
                                StreamBuilder.PMT,
                                Sections.pmt(1, 0, CUES, new byte[0], List.of(STREAMS.get(2), STREAMS.get(3))));
            }
            addSynchronousKlv(stream, i);
        }
        Cuts cuts = Cuts.of(stream.bytes());
        assertThat(cuts.joined()).isEqualTo(stream.bytes());
        assertThat(cuts.facts()).extracting(SegmentFacts::durationTicks).containsOnly(GOP * FRAME);
        assertThat(cuts.facts()).hasSize(4);
    }

    private static List<String> named(byte[] stream) {
        StreamProbe probe = new StreamProbe();
        probe.onData(Unpooled.wrappedBuffer(stream));
        ProbeReport report = probe.finish();
        return report.programs().get(0).streams().stream()
                .map(one -> one.pid() + " " + one.codec() + " " + one.language())
                .toList();
    }

    private static byte[] stream(PacketFormat format) {
        StreamBuilder stream = new StreamBuilder(format);
        for (int i = 0; i < PICTURES; i++) {
            long pts = START + i * FRAME;
            if (i % GOP == 0 || i % 30 == 0) {
                stream.pat();
                stream.writer()
                        .section(
                                StreamBuilder.PMT,
                                Sections.pmt(1, 0, StreamBuilder.VIDEO, Sections.registration("CUEI"), STREAMS));
            }
            if (i % GOP == 0 || i % 7 == 0) {
                // Between the tables and what may be a random access point.
                addSynchronousKlv(stream, i);
            }
            stream.video(i % GOP == 0 ? StreamBuilder.IDR : StreamBuilder.P, pts);
            if (i % 5 == 0) {
                addSynchronousKlv(stream, i);
                stream.writer()
                        .pes(KLV, PesBuilder.of(PesBuilder.PRIVATE_1).payload(klv(i)))
                        .pes(TELETEXT, teletext(pts))
                        .pes(SUBTITLES, subtitles(pts))
                        .pes(PRIVATE, PesBuilder.of(PesBuilder.PRIVATE_1).payload(new byte[3 * i]))
                        .pes(ID3, PesBuilder.of(PesBuilder.PRIVATE_1).pts(pts).payload(hex("4944330400000000000A")))
                        .section(APPLICATIONS, Sections.section(0x74, 0x10, 0, true, 0, 0, hex("F000F000")));
            }
            if (i % 40 == 0) {
                stream.writer().section(CUES, SpliceSections.insert(i, true, pts + 20 * FRAME, 0));
            }
            stream.writer().pes(OPUS, opus(pts));
            stream.audio(pts);
        }
        return stream.bytes();
    }

    /** A key with its length, a time in µs and a checksum (MISB ST 0601), without its sense. */
    private static byte[] klv(int number) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(UNIVERSAL_KEY);
        out.writeBytes(hex("0E 0208 00046050584E0180 0102"));
        out.write(number >> 8);
        out.write(number);
        return out.toByteArray();
    }

    /** Each in a metadata access unit cell (13818-1, 2.12.4.2), on the clock of the pictures. */
    private static void addSynchronousKlv(StreamBuilder stream, int number) {
        byte[] unit = klv(number);
        ByteArrayOutputStream cell = new ByteArrayOutputStream();
        cell.writeBytes(new byte[] {0, (byte) number, (byte) 0xDF, 0, (byte) unit.length});
        cell.writeBytes(unit);
        PesBuilder pes = PesBuilder.of(METADATA_STREAM).pts(START + number * FRAME);
        stream.writer().pes(SYNCHRONOUS_KLV, pes.payload(cell.toByteArray()));
    }

    /** Three units of 46 bytes behind a header of 45, so that a transport packet is full (EN 300 472, 4.2). */
    private static PesBuilder teletext(long pts) {
        byte[] payload = new byte[1 + 3 * 46];
        payload[0] = 0x10;
        for (int unit = 0; unit < 3; unit++) {
            payload[1 + unit * 46] = 2;
            payload[2 + unit * 46] = 0x2C;
            Arrays.fill(payload, 3 + unit * 46, 47 + unit * 46, (byte) 0x15);
        }
        return PesBuilder.of(PesBuilder.PRIVATE_1)
                .pts(pts)
                .aligned()
                .headerStuffing(31)
                .payload(payload);
    }

    /** An end of display set segment (EN 300 743, 7.2.6). */
    private static PesBuilder subtitles(long pts) {
        return PesBuilder.of(PesBuilder.PRIVATE_1).pts(pts).aligned().payload(hex("2000 0F 80 0001 0000 FF"));
    }

    /** A control header, its length, and two frames of 20 ms (TS 101 154, annex on Opus). */
    private static PesBuilder opus(long pts) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (int i = 0; i < 2; i++) {
            out.writeBytes(hex("7FE0 0A FC"));
            out.writeBytes("opusframe".getBytes(StandardCharsets.US_ASCII));
        }
        return PesBuilder.of(PesBuilder.PRIVATE_1).pts(pts).payload(out.toByteArray());
    }
}
