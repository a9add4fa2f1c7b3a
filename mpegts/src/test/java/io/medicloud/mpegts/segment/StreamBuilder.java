// SPDX-License-Identifier: Apache-2.0
package io.medicloud.mpegts.segment;

import io.medicloud.testdata.AdaptationField;
import io.medicloud.testdata.PacketBuilder;
import io.medicloud.testdata.PacketFormat;
import io.medicloud.testdata.PesBuilder;
import io.medicloud.testdata.Sections;
import io.medicloud.testdata.TsWriter;
import java.util.Arrays;
import java.util.HexFormat;

/** Writes streams of one program, picture by picture, each in few packets. */
final class StreamBuilder {
    static final int PMT = 0x1000;
    static final int VIDEO = 0x100;
    static final int AUDIO = 0x101;
    /** 90 kHz ticks of a picture at 25 a second. */
    static final long FRAME = 3600;

    private static final String SETS = "00000001 09F0 00000001 67640028ACD9 00000001 68EBE3CB";
    static final byte[] IDR = picture(SETS + "00000001 65888400");
    static final byte[] IDR_WITHOUT_SETS = picture("00000001 09F0 00000001 65888400");
    static final byte[] P = picture("00000001 09F0 00000001 419A00");
    /** Recovery point with recovery_frame_cnt 0. */
    static final byte[] OPEN_GOP = picture(SETS + "00000001 060601C480 00000001 418884");
    /** Recovery point with recovery_frame_cnt 4. */
    static final byte[] REFRESH = picture(SETS + "00000001 0606012C80 00000001 419A00");

    private final TsWriter writer;
    private Sections.Stream[] streams = {new Sections.Stream(0x1B, VIDEO), new Sections.Stream(0x0F, AUDIO)};

    StreamBuilder() {
        this(PacketFormat.TS_188);
    }

    StreamBuilder(PacketFormat format) {
        writer = new TsWriter(format);
    }

    private static byte[] picture(String hex) {
        byte[] head = HexFormat.of().parseHex(hex.replace(" ", ""));
        byte[] picture = Arrays.copyOf(head, 400);
        Arrays.fill(picture, head.length, picture.length, (byte) 0x5A);
        return picture;
    }

    TsWriter writer() {
        return writer;
    }

    StreamBuilder streams(Sections.Stream... others) {
        streams = others;
        return this;
    }

    StreamBuilder pat() {
        writer.pat(1, new Sections.Program(1, PMT));
        return this;
    }

    StreamBuilder pmt() {
        writer.pmt(PMT, 1, VIDEO, streams);
        return this;
    }

    StreamBuilder tables() {
        return pat().pmt();
    }

    StreamBuilder video(byte[] picture, long pts) {
        return video(VIDEO, picture, pts);
    }

    StreamBuilder video(int pid, byte[] picture, long pts) {
        writer.pes(
                pid, PesBuilder.of(PesBuilder.VIDEO).pts(wrap(pts)).unbounded().payload(picture));
        return this;
    }

    StreamBuilder videoWithoutTime(byte[] picture) {
        writer.pes(VIDEO, PesBuilder.of(PesBuilder.VIDEO).unbounded().payload(picture));
        return this;
    }

    StreamBuilder audio(long pts) {
        return audio(pts, 300);
    }

    StreamBuilder audio(long pts, int bytes) {
        writer.pes(AUDIO, PesBuilder.of(PesBuilder.AUDIO).pts(wrap(pts)).payload(new byte[bytes]));
        return this;
    }

    /** A GOP: an IDR picture and pictures after it, one a frame, from this time on. */
    StreamBuilder gop(long pts, int pictures) {
        return gop(IDR, pts, pictures);
    }

    StreamBuilder gop(byte[] first, long pts, int pictures) {
        for (int i = 0; i < pictures; i++) {
            video(i == 0 ? first : P, pts + i * FRAME);
        }
        return this;
    }

    StreamBuilder pcr(long ticks90) {
        writer.pcr(VIDEO, wrap(ticks90) * 300);
        return this;
    }

    StreamBuilder nullPacket() {
        writer.nullPacket();
        return this;
    }

    StreamBuilder sdt() {
        writer.section(TsWriter.SDT_PID, Sections.sdt(1, 0, 1, "provider", "name"));
        return this;
    }

    /** One packet of the video PID that goes on with the picture before it. */
    StreamBuilder videoRest() {
        writer.packet(rest());
        return this;
    }

    static PacketBuilder rest() {
        byte[] payload = new byte[184];
        Arrays.fill(payload, (byte) 0x33);
        return PacketBuilder.of(VIDEO).payload(payload);
    }

    static AdaptationField clock(long ticks90) {
        return new AdaptationField().pcr(wrap(ticks90) * 300);
    }

    long packets() {
        return writer.packets();
    }

    byte[] bytes() {
        return writer.toByteArray();
    }

    private static long wrap(long ticks) {
        return ticks & ((1L << 33) - 1);
    }
}
