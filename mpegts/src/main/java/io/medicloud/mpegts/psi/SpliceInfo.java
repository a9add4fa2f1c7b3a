// SPDX-License-Identifier: Apache-2.0
package io.medicloud.mpegts.psi;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A splice information section: where a program may be left for another, or returned to (SCTE 35, 9.6). Immutable.
 *
 * @param protocolVersion protocol_version, 0
 * @param encrypted whether the command and the descriptors are encrypted: then neither is told
 * @param encryptionAlgorithm encryption_algorithm, 0 if none
 * @param ptsAdjustment pts_adjustment in 90 kHz, already in the times of the command
 * @param cwIndex cw_index: which key
 * @param tier tier: who is authorized
 * @param command what it asks for
 * @param descriptors what else it says
 */
public record SpliceInfo(
        int protocolVersion,
        boolean encrypted,
        int encryptionAlgorithm,
        long ptsAdjustment,
        int cwIndex,
        int tier,
        SpliceCommand command,
        List<SpliceDescriptor> descriptors) {
    /** table_id of a splice information section. */
    public static final int TABLE_ID = 0xFC;

    private static final int HEADER = 3;
    private static final int CRC = 4;
    /** Everything from protocol_version up to splice_command_type, and descriptor_loop_length. */
    private static final int LEAST = HEADER + 11 + 2 + CRC;

    /** splice_command_length of old encoders, that do not say it. */
    private static final int LENGTH_UNKNOWN = 0xFFF;

    public SpliceInfo {
        descriptors = List.copyOf(descriptors);
    }

    /** When the command is to happen, 33 bits of 90 kHz, adjusted; {@link io.medicloud.mpegts.packet.Pts#NONE} if at once or never. */
    public long pts() {
        return command.pts();
    }

    /** Whether the section's CRC, which it has though its syntax indicator is 0, is right. */
    public static boolean isIntact(byte[] section, int length) {
        return length >= HEADER + CRC && Crc32Mpeg.of(section, 0, length) == 0;
    }

    /** Reads a section whose CRC is right; null if it is none of this table, or cannot be. */
    public static @Nullable SpliceInfo parse(byte[] section, int length) {
        if (length < LEAST || (section[0] & 0xFF) != TABLE_ID) {
            return null;
        }
        SectionReader in = new SectionReader(section, HEADER, length - CRC);
        int version = in.u8();
        int flags = in.u8();
        boolean encrypted = (flags & 0x80) != 0;
        long adjustment = (flags & 1L) << 32 | in.u32();
        int cwIndex = in.u8();
        int lengths = in.u16() << 8 | in.u8();
        int tier = lengths >> 12;
        int type = in.u8();
        SpliceCommand command;
        List<SpliceDescriptor> descriptors = List.of();
        if (encrypted) {
            command = new SpliceCommand.Unread(SpliceCommand.Unread.NO_TYPE, "encrypted");
        } else {
            int commandLength = lengths & 0xFFF;
            if (commandLength == LENGTH_UNKNOWN) {
                command = SpliceCommandReader.read(type, in, adjustment);
            } else {
                command = SpliceCommandReader.read(type, in.part(commandLength), adjustment);
            }
            descriptors = in.remaining() < 2 ? List.of() : SpliceDescriptorReader.read(in.part(in.u16()));
        }
        return new SpliceInfo(version, encrypted, flags >> 1 & 0x3F, adjustment, cwIndex, tier, command, descriptors);
    }
}
