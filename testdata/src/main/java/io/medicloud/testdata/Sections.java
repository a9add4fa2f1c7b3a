// SPDX-License-Identifier: Apache-2.0
package io.medicloud.testdata;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Writes sections of PSI and SI (ISO/IEC 13818-1, 2.4.4; EN 300 468, 5.2) with their CRC. */
public final class Sections {
    /** program_number and the PID of its PMT; number 0 names the network PID. */
    public record Program(int number, int pmtPid) {}

    /** One elementary stream of a PMT. Immutable. */
    public static final class Stream {
        private final int streamType;
        private final int pid;
        private final byte[] descriptors;

        /** {@code descriptors} are written as they are, one after the other. */
        public Stream(int streamType, int pid, byte[]... descriptors) {
            this.streamType = streamType;
            this.pid = pid;
            ByteArrayOutputStream all = new ByteArrayOutputStream();
            for (byte[] descriptor : descriptors) {
                all.writeBytes(descriptor);
            }
            this.descriptors = all.toByteArray();
        }
    }

    private Sections() {}

    /** A program association section. */
    public static byte[] pat(int transportStreamId, int version, Program... programs) {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        for (Program p : programs) {
            put16(body, p.number());
            put16(body, 0xE000 | p.pmtPid());
        }
        return section(0x00, transportStreamId, version, true, 0, 0, body.toByteArray());
    }

    /** A program map section without program descriptors. */
    public static byte[] pmt(int programNumber, int version, int pcrPid, Stream... streams) {
        return pmt(programNumber, version, pcrPid, new byte[0], List.of(streams));
    }

    /** A program map section. */
    public static byte[] pmt(int programNumber, int version, int pcrPid, byte[] programInfo, List<Stream> streams) {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        put16(body, 0xE000 | pcrPid);
        put16(body, 0xF000 | programInfo.length);
        body.writeBytes(programInfo);
        for (Stream s : streams) {
            body.write(s.streamType);
            put16(body, 0xE000 | s.pid);
            put16(body, 0xF000 | s.descriptors.length);
            body.writeBytes(s.descriptors);
        }
        return section(0x02, programNumber, version, true, 0, 0, body.toByteArray());
    }

    /** A service description section (actual stream) with one running digital television service. */
    public static byte[] sdt(int transportStreamId, int version, int serviceId, String provider, String name) {
        byte[] providerText = provider.getBytes(StandardCharsets.US_ASCII);
        byte[] nameText = name.getBytes(StandardCharsets.US_ASCII);
        int descriptor = 3 + providerText.length + nameText.length;
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        put16(body, 0xFF01); // original_network_id
        body.write(0xFF);
        put16(body, serviceId);
        body.write(0xFC);
        put16(body, 4 << 13 | descriptor + 2);
        body.write(0x48);
        body.write(descriptor);
        body.write(1);
        body.write(providerText.length);
        body.writeBytes(providerText);
        body.write(nameText.length);
        body.writeBytes(nameText);
        return section(0x42, transportStreamId, version, true, 0, 0, body.toByteArray());
    }

    /** Any section in the long syntax: {@code body} is what stands between last_section_number and the CRC. */
    public static byte[] section(
            int tableId, int extension, int version, boolean current, int number, int last, byte[] body) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        // Where ISO/IEC 13818-1 has '0', DVB's own tables have reserved_future_use, written 1.
        out.write(tableId);
        put16(out, (tableId >= 0x40 ? 0xF000 : 0xB000) | body.length + 9);
        put16(out, extension);
        out.write(0xC0 | (version << 1 & 0x3E) | (current ? 1 : 0));
        out.write(number);
        out.write(last);
        out.writeBytes(body);
        byte[] head = out.toByteArray();
        int crc = SlowCrc32.of(head, 0, head.length);
        put16(out, crc >>> 16);
        put16(out, crc & 0xFFFF);
        return out.toByteArray();
    }

    /** A copy of {@code section} whose CRC is wrong in one bit. */
    public static byte[] withBadCrc(byte[] section) {
        byte[] bad = section.clone();
        bad[bad.length - 1] ^= 1;
        return bad;
    }

    /** An ISO_639_language_descriptor. */
    public static byte[] language(String code) {
        byte[] text = code.getBytes(StandardCharsets.US_ASCII);
        return new byte[] {0x0A, 4, text[0], text[1], text[2], 0};
    }

    /** A registration_descriptor with a format_identifier of four letters. */
    public static byte[] registration(String formatIdentifier) {
        byte[] text = formatIdentifier.getBytes(StandardCharsets.US_ASCII);
        return new byte[] {0x05, 4, text[0], text[1], text[2], text[3]};
    }

    private static void put16(ByteArrayOutputStream out, int value) {
        out.write(value >> 8);
        out.write(value);
    }
}
