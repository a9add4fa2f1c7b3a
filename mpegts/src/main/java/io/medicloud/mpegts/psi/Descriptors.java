// SPDX-License-Identifier: Apache-2.0
package io.medicloud.mpegts.psi;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A loop of descriptors (ISO/IEC 13818-1, 2.6), in the order of the table. A descriptor that is longer than its loop ends it; those before it stand.
 * Immutable.
 */
public final class Descriptors {
    /** registration_descriptor (2.6.8). */
    public static final int REGISTRATION = 0x05;
    /** CA_descriptor (2.6.16). */
    public static final int CONDITIONAL_ACCESS = 0x09;
    /** ISO_639_language_descriptor (2.6.18). */
    public static final int ISO_639_LANGUAGE = 0x0A;
    /** network_name_descriptor (EN 300 468, 6.2.27). */
    public static final int NETWORK_NAME = 0x40;
    /** service_descriptor (EN 300 468, 6.2.33). */
    public static final int SERVICE = 0x48;
    /** No descriptors. */
    public static final Descriptors NONE = new Descriptors(new byte[0]);

    private final byte[] bytes;

    private Descriptors(byte[] bytes) {
        this.bytes = bytes;
    }

    /** One descriptor. */
    public static final class Entry {
        private final int tag;
        private final byte[] body;

        private Entry(int tag, byte[] body) {
            this.tag = tag;
            this.body = body;
        }

        /** descriptor_tag. */
        public int tag() {
            return tag;
        }

        /** A copy of what stands behind descriptor_length. */
        public byte[] body() {
            return body.clone();
        }

        /** What the standard calls it; "private" or "reserved" if it has no name. */
        public String name() {
            return DescriptorName.of(tag, body.length > 0 ? body[0] & 0xFF : -1);
        }
    }

    /** Copies a loop out of a section. */
    static Descriptors of(byte[] section, int from, int to) {
        return from == to ? NONE : new Descriptors(Arrays.copyOfRange(section, from, to));
    }

    /** All descriptors in order. */
    public List<Entry> entries() {
        List<Entry> entries = new ArrayList<>();
        int end;
        for (int i = 0; i + 2 <= bytes.length; i = end) {
            end = i + 2 + (bytes[i + 1] & 0xFF);
            if (end > bytes.length) {
                break;
            }
            entries.add(new Entry(bytes[i] & 0xFF, Arrays.copyOfRange(bytes, i + 2, end)));
        }
        return List.copyOf(entries);
    }

    /** The body of the first descriptor with this tag, or null. */
    public byte @Nullable [] find(int tag) {
        for (int i = 0; i + 2 <= bytes.length; i += 2 + (bytes[i + 1] & 0xFF)) {
            int end = i + 2 + (bytes[i + 1] & 0xFF);
            if (end > bytes.length) {
                return null;
            }
            if ((bytes[i] & 0xFF) == tag) {
                return Arrays.copyOfRange(bytes, i + 2, end);
            }
        }
        return null;
    }

    /** Whether there is a descriptor with this tag. */
    public boolean has(int tag) {
        return find(tag) != null;
    }

    /** The format_identifier of the first registration descriptor as four characters, or an empty string. */
    public String registration() {
        byte[] body = find(REGISTRATION);
        return body == null || body.length < 4 ? "" : new String(body, 0, 4, StandardCharsets.ISO_8859_1);
    }

    /** The first ISO 639-2 language code, or an empty string. */
    public String language() {
        byte[] body = find(ISO_639_LANGUAGE);
        return body == null || body.length < 3 ? "" : new String(body, 0, 3, StandardCharsets.ISO_8859_1);
    }

    /** A copy of the whole loop as sent. */
    public byte[] toBytes() {
        return bytes.clone();
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Descriptors that && Arrays.equals(bytes, that.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    @Override
    public String toString() {
        return HexFormat.of().formatHex(bytes);
    }
}
