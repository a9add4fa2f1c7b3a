// SPDX-License-Identifier: Apache-2.0
package io.medicloud.mpegts.probe;

import static org.assertj.core.api.Assertions.assertThat;

import io.medicloud.mpegts.es.RandomAccess;
import io.medicloud.testdata.LeakGuard;
import io.medicloud.testdata.PacketBuilder;
import io.medicloud.testdata.PesBuilder;
import io.medicloud.testdata.Sections;
import io.medicloud.testdata.TsWriter;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class StreamProbeTest {
    private static final int PMT = 4096;
    private static final int VIDEO = 256;
    private static final int H264 = 0x1B;
    private static final int PRIVATE = 0x06;
    private static final byte[] IDR = HexFormat.of()
            .parseHex("0000000109100000000167640014acb20a4fde02d418181a94000003000400000300ca3c50a920"
                    + "00000168ebe3cb00000165888400");
    private static final byte[] NON_IDR = HexFormat.of().parseHex("000000010930000001419a0055");

    @ParameterizedTest
    @ValueSource(strings = {"", "G", "This is no transport stream.", "GGGGGGGGGG"})
    void whatIsNoTransportStreamHasNoPackets(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        ProbeReport report = ReportJson.probe(bytes, 10);
        assertThat(report.packets()).isZero();
        assertThat(report.bytes()).isEqualTo(bytes.length);
        assertThat(report.programs()).isEmpty();
        assertThat(report.durationSeconds()).isNull();
        assertThat(report.bitrate()).isNull();
    }

    @Test
    void randomAccessPointsBeforeTheTablesAreTold() {
        TsWriter writer = new TsWriter();
        picture(writer, 9000, IDR);
        picture(writer, 12600, NON_IDR);
        tables(writer);
        picture(writer, 16200, IDR);
        ProbeReport report = probe(writer);
        assertThat(report.randomAccessPoints())
                .containsExactly(
                        new ProbeReport.RandomAccessPoint(VIDEO, 0, 9000L, 9000L, RandomAccess.IDR),
                        new ProbeReport.RandomAccessPoint(VIDEO, 4, 16200L, 16200L, RandomAccess.IDR));
        assertThat(report.programs().get(0).streams().get(0).width()).isEqualTo(80);
        assertThat(report.durationSeconds()).isEqualTo(0.12);
    }

    @Test
    void onePictureLastsAsLongAsTheStreamSays() {
        TsWriter writer = tables(new TsWriter());
        picture(writer, 9000, IDR);
        ProbeReport report = probe(writer.nullPacket().nullPacket().nullPacket());
        assertThat(report.programs().get(0).streams().get(0).frameRate()).isEqualTo(25.0);
        assertThat(report.durationSeconds()).isEqualTo(0.04);
    }

    @Test
    void whatNoTableNamesIsNotTold() {
        TsWriter writer = new TsWriter();
        picture(writer, 9000, IDR);
        picture(writer, 12600, IDR);
        ProbeReport report = probe(writer.nullPacket().nullPacket().nullPacket());
        assertThat(report.packets()).isEqualTo(5);
        assertThat(report.programs()).isEmpty();
        assertThat(report.randomAccessPoints()).isEmpty();
    }

    @Test
    void aProgramWithoutAMapIsTold() {
        TsWriter writer = new TsWriter();
        for (int k = 0; k < 5; k++) {
            writer.pat(1, new Sections.Program(7, 700), new Sections.Program(9, 900));
            writer.pmt(900, 9, 0x1FFF, new Sections.Stream(0x0F, 901));
        }
        List<ProbeReport.Program> programs = probe(writer).programs();
        assertThat(programs.get(0)).isEqualTo(new ProbeReport.Program(7, 700, null, null, List.of()));
        assertThat(programs.get(1).pcrPid()).isNull();
        assertThat(programs.get(1).streams()).hasSize(1);
    }

    @Test
    void aScrambledStreamHasNoRandomAccessPoints() {
        TsWriter writer = tables(new TsWriter());
        byte[] pes = PesBuilder.of(PesBuilder.VIDEO).pts(9000).payload(IDR).build();
        for (int k = 0; k < 5; k++) {
            writer.packet(
                    PacketBuilder.of(VIDEO).payloadUnitStart().scrambled(2).payload(pes));
        }
        ProbeReport report = probe(writer);
        assertThat(report.randomAccessPoints()).isEmpty();
        assertThat(report.programs().get(0).streams().get(0).codec()).isEqualTo("h264");
    }

    @Test
    void timesThatWrapMakeNoLongStream() {
        TsWriter writer = tables(new TsWriter());
        for (int k = 0; k < 50; k++) {
            picture(writer, (1L << 33) - 25 * 3600 + k * 3600L, k % 25 == 0 ? IDR : NON_IDR);
        }
        ProbeReport report = probe(writer);
        assertThat(report.durationSeconds()).isEqualTo(2.0);
        assertThat(report.bitrate()).isEqualTo(report.bytes() * 8 / 2);
        assertThat(report.randomAccessPoints().get(1).pts()).isZero();
    }

    @Test
    void aJumpOfTheTimeBaseIsNoTime() {
        TsWriter writer = tables(new TsWriter());
        for (long base : new long[] {0, 5_000_000_000L}) {
            for (int k = 0; k < 25; k++) {
                picture(writer, base + k * 3600L, NON_IDR);
            }
        }
        assertThat(probe(writer).durationSeconds()).isEqualTo(2.0);
    }

    @Test
    void aDamagedPresentationTimeMakesNoLongStream() {
        TsWriter writer = tables(new TsWriter());
        for (int k = 0; k < 50; k++) {
            long dts = 90_000 + k * 3600L;
            long damage = k == 20 ? 1L << 31 : 0;
            writer.pes(
                    VIDEO,
                    PesBuilder.of(PesBuilder.VIDEO)
                            .pts(dts + 3600 + damage)
                            .dts(dts)
                            .unbounded()
                            .payload(NON_IDR));
        }
        assertThat(probe(writer).durationSeconds()).isEqualTo(2.0);
    }

    @Test
    void withoutPresentationTimesTheClockTellsTheDuration() {
        TsWriter writer = tables(new TsWriter());
        for (int k = 0; k <= 20; k++) {
            writer.pcr(VIDEO, k * 2_700_000L);
        }
        assertThat(probe(writer).durationSeconds()).isEqualTo(2.1);
    }

    @Test
    void errorsAreCountedByKind() {
        TsWriter writer = tables(new TsWriter());
        picture(writer, 9000, IDR);
        writer.gap(VIDEO, 3);
        picture(writer, 12600, NON_IDR);
        writer.packet(PacketBuilder.of(VIDEO).transportError().payload(new byte[184]));
        writer.section(PMT, Sections.withBadCrc(Sections.pmt(1, 1, VIDEO)));
        writer.packet(PacketBuilder.of(VIDEO).payloadUnitStart().payload(new byte[184]));
        ProbeReport.Errors errors = probe(writer).errors();
        assertThat(errors.continuity()).isPositive();
        assertThat(errors.transport()).isEqualTo(1);
        assertThat(errors.crc()).isEqualTo(1);
        assertThat(errors.pes()).isEqualTo(1);
        assertThat(errors.syncLoss()).isZero();
    }

    @ParameterizedTest
    @CsvSource({
        "opus, 05044F707573 7F028002",
        "ac3, 050441432D33",
        "eac3, 050445414333",
        "ac4, 7F021500",
        "hevc, 050448455643",
        "av1, 050441563031",
        "klv, 05044B4C5641",
        "ac3, 6A0100",
        "eac3, 7A0100",
        "dts, 7B0100",
        "dvb_teletext, 5605656E671001",
        "dvb_subtitle, 5908656E671000010001",
        "scte_35, 050443554549",
        "timed_id3, 2609FFFF49443320FF4944",
        ", 0504 20202020",
        ", 6A",
        ", ''",
    })
    void theDescriptorsOfPrivateDataNameItsCodec(String codec, String descriptors) {
        ProbeReport.Stream stream = streamWith(PRIVATE, descriptors);
        assertThat(stream.codec()).isEqualTo(codec);
    }

    @ParameterizedTest
    @CsvSource({
        "eng, 0A04656E6700",
        "'eng,deu', 0A08656E6700 64657500",
        "'ita,ita', 560A6974610901 6974611101",
        "fra, 59086672611000010001",
        "fra, 0A0471616400 7F0506 01667261",
        "qad, 0A0471616400 7F0506 00667261",
        ", 0A0400010200",
    })
    void languagesComeFromTheDescriptorThatTellsMost(String language, String descriptors) {
        assertThat(streamWith(PRIVATE, descriptors).language()).isEqualTo(language);
    }

    @Test
    void opusHasItsChannelsFromItsDescriptor() {
        ProbeReport.Stream stream = streamWith(PRIVATE, "05044F707573 7F028006");
        assertThat(stream.channels()).isEqualTo(6);
        assertThat(stream.sampleRate()).isEqualTo(48000);
    }

    @ParameterizedTest
    @CsvSource({
        "134, scte_35, ''",
        "134, dts, HDMV",
        "128, , ''",
        "128, pcm_bluray, HDMV",
        "144, hdmv_pgs_subtitle, HDMV"
    })
    void typesFrom80HexOnMeanOtherThingsOnABluRay(int type, String codec, String registration) {
        byte[] program = registration.isEmpty() ? new byte[0] : Sections.registration(registration);
        TsWriter writer = new TsWriter();
        for (int k = 0; k < 5; k++) {
            writer.pat(1, new Sections.Program(1, PMT));
            writer.section(PMT, Sections.pmt(1, 0, 0x1FFF, program, List.of(new Sections.Stream(type, VIDEO))));
        }
        assertThat(probe(writer).programs().get(0).streams().get(0).codec()).isEqualTo(codec);
    }

    @Test
    void audioIsNamedByItsFramesNotItsType() {
        TsWriter writer = new TsWriter().pat(1, new Sections.Program(1, PMT));
        writer.pmt(PMT, 1, 257, new Sections.Stream(0x04, 257));
        byte[] frames = new byte[5 * 347];
        for (int k = 0; k < 5; k++) {
            System.arraycopy(HexFormat.of().parseHex("fff14c802b7ffc21"), 0, frames, k * 347, 8);
        }
        writer.pes(257, PesBuilder.of(PesBuilder.AUDIO).pts(0).payload(frames));
        ProbeReport.Stream stream = probe(writer).programs().get(0).streams().get(0);
        assertThat(stream.codec()).isEqualTo("aac");
        assertThat(stream.sampleRate()).isEqualTo(48000);
    }

    @Test
    void randomAccessPointsAreKeptUpToALimit() {
        byte[] picture = picture(new TsWriter(), 9000, IDR).toByteArray();
        int count = StreamProbe.MOST_RANDOM_ACCESS_POINTS + 100;
        StreamProbe probe = new StreamProbe();
        probe.onData(Unpooled.wrappedBuffer(tables(new TsWriter()).toByteArray()));
        byte[] batch = new byte[1000 * 188];
        for (int k = 0; k < count; k++) {
            int at = k % 1000 * 188;
            System.arraycopy(picture, 0, batch, at, 188);
            batch[at + 3] = (byte) ((batch[at + 3] & 0xF0) | (k & 0x0F));
            if (at == 999 * 188 || k == count - 1) {
                probe.onData(Unpooled.wrappedBuffer(batch, 0, at + 188));
            }
        }
        ProbeReport report = probe.finish();
        assertThat(report.packets()).isEqualTo(count + 2);
        assertThat(report.errors().continuity()).isZero();
        assertThat(report.randomAccessPoints()).hasSize(StreamProbe.MOST_RANDOM_ACCESS_POINTS);
    }

    @Test
    void moreStreamsThanTheLimitAreToldFromTheTablesAlone() {
        Sections.Program[] programs = new Sections.Program[StreamProbe.MOST_STREAMS + 1];
        for (int k = 0; k < programs.length; k++) {
            programs[k] = new Sections.Program(k + 1, 1000 + k);
        }
        TsWriter writer = new TsWriter();
        for (int k = 0; k < programs.length; k++) {
            writer.pat(1, Arrays.copyOfRange(programs, k / 200 * 200, Math.min(programs.length, k / 200 * 200 + 200)));
            writer.pmt(1000 + k, k + 1, 3000 + k, new Sections.Stream(H264, 3000 + k));
            picture(writer, 0, IDR, 3000 + k);
        }
        List<ProbeReport.Program> told = probe(writer).programs();
        assertThat(told).hasSize(programs.length);
        assertThat(told.get(0).streams().get(0).width()).isEqualTo(80);
        ProbeReport.Stream last = told.get(programs.length - 1).streams().get(0);
        assertThat(last.codec()).isEqualTo("h264");
        assertThat(last.width()).isNull();
    }

    @Test
    void manyPidsBeforeTheTablesTakeNoRoomFromThoseThatTheTablesName() {
        TsWriter writer = new TsWriter();
        for (int pid = 32; pid < 32 + StreamProbe.MOST_STREAMS; pid++) {
            picture(writer, 0, IDR, pid);
        }
        writer.pat(1, new Sections.Program(1, PMT)).pmt(PMT, 1, 2000, new Sections.Stream(H264, 2000));
        picture(writer, 3600, IDR, 2000);
        ProbeReport report = probe(writer);
        assertThat(report.randomAccessPoints()).hasSize(1);
        assertThat(report.programs().get(0).streams().get(0).width()).isEqualTo(80);
    }

    @Test
    void randomAccessPointsOfAnEarlierCodecStand() {
        TsWriter writer = tables(new TsWriter());
        picture(writer, 0, IDR);
        writer.section(PMT, Sections.pmt(1, 1, VIDEO, new Sections.Stream(0x24, VIDEO)));
        picture(writer, 3600, HexFormat.of().parseHex("0000012a01af08"));
        ProbeReport report = probe(writer);
        assertThat(report.randomAccessPoints())
                .extracting(ProbeReport.RandomAccessPoint::kind)
                .containsExactly(RandomAccess.IDR, RandomAccess.CRA);
        assertThat(report.programs().get(0).streams().get(0).codec()).isEqualTo("hevc");
    }

    @Property(tries = 500)
    void anyBytesAreTaken(
            @ForAll @Size(max = 5000) byte[] noise,
            @ForAll boolean framed,
            @ForAll @IntRange(min = 1, max = 400) int piece) {
        for (int at = 0; framed && at < noise.length; at += 188) {
            noise[at] = 0x47;
        }
        ProbeReport report = ReportJson.probe(noise, piece);
        assertThat(report.bytes()).isEqualTo(noise.length);
        assertThat(report).isEqualTo(ReportJson.probe(noise, Math.max(1, noise.length)));
    }

    @Property(tries = 300)
    void damageAnywhereIsTaken(
            @ForAll @IntRange(min = 0, max = 18_000) int where, @ForAll @Size(max = 300) byte[] noise) {
        TsWriter writer = new TsWriter();
        for (int k = 0; k < 25; k++) {
            tables(writer);
            picture(writer, 3600L * k, k % 5 == 0 ? IDR : NON_IDR);
        }
        byte[] stream = writer.toByteArray();
        int from = where % stream.length;
        System.arraycopy(noise, 0, stream, from, Math.min(noise.length, stream.length - from));
        ProbeReport report = ReportJson.probe(stream, 1316);
        assertThat(report.randomAccessPoints()).hasSizeBetween(2, 30);
    }

    @Test
    void lentBuffersAreNotKept() {
        TsWriter writer = tables(new TsWriter());
        for (int k = 0; k < 20; k++) {
            picture(writer, 3600L * k, IDR);
        }
        byte[] stream = writer.toByteArray();
        try (LeakGuard guard = new LeakGuard()) {
            StreamProbe probe = new StreamProbe();
            for (int at = 0; at < stream.length; at += 100) {
                ByteBuf data = guard.allocator().buffer(100);
                data.writeBytes(stream, at, Math.min(100, stream.length - at));
                probe.onData(data);
                assertThat(data.readerIndex()).isZero();
                assertThat(data.release()).isTrue();
            }
            assertThat(probe.finish().randomAccessPoints()).hasSize(20);
        }
    }

    private static ProbeReport.Stream streamWith(int type, String descriptors) {
        byte[] loop = HexFormat.of().parseHex(descriptors.replace(" ", ""));
        TsWriter writer = new TsWriter();
        for (int k = 0; k < 5; k++) {
            writer.pat(1, new Sections.Program(1, PMT));
            writer.pmt(PMT, 1, 0x1FFF, new Sections.Stream(type, VIDEO, loop));
        }
        return probe(writer).programs().get(0).streams().get(0);
    }

    private static TsWriter tables(TsWriter writer) {
        return writer.pat(1, new Sections.Program(1, PMT)).pmt(PMT, 1, VIDEO, new Sections.Stream(H264, VIDEO));
    }

    private static TsWriter picture(TsWriter writer, long pts, byte[] data) {
        return picture(writer, pts, data, VIDEO);
    }

    private static TsWriter picture(TsWriter writer, long pts, byte[] data, int pid) {
        return writer.pes(pid, PesBuilder.of(PesBuilder.VIDEO).pts(pts).payload(data));
    }

    private static ProbeReport probe(TsWriter writer) {
        return ReportJson.probe(writer.toByteArray(), 1000);
    }
}
