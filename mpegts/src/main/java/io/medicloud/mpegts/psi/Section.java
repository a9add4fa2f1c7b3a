// SPDX-License-Identifier: Apache-2.0
package io.medicloud.mpegts.psi;

/** Reads the fields of sections. */
final class Section {
    private Section() {}

    static int uint16(byte[] section, int index) {
        return ((section[index] & 0xFF) << 8) | (section[index + 1] & 0xFF);
    }

    static int pid(byte[] section, int index) {
        return uint16(section, index) & 0x1FFF;
    }

    /** section_length, program_info_length, ES_info_length. */
    static int length12(byte[] section, int index) {
        return uint16(section, index) & 0x0FFF;
    }

    static int version(byte[] section) {
        return (section[5] >>> 1) & 0x1F;
    }

    static boolean isCurrent(byte[] section) {
        return (section[5] & 1) != 0;
    }
}
