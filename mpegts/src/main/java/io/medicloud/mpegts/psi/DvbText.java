// SPDX-License-Identifier: Apache-2.0
package io.medicloud.mpegts.psi;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.text.Normalizer;

/** Text as DVB codes it (EN 300 468, annex A): the first byte may name the character table; without, it is ISO 6937. Control codes are left out. */
final class DvbText {
    private static final int FIRST_CHARACTER = 0x20;
    private static final int LAST_SINGLE_BYTE_TABLE = 0x0B;
    private static final int ISO_8859_TABLE = 0x10;
    private static final int UCS_2 = 0x11;
    private static final int UTF_8 = 0x15;
    private static final int FIRST_DIACRITIC = 0xC1;
    /** Combining characters of 0xC1 to 0xCF (figure A.1); 0 for those that are none. */
    private static final String DIACRITICS =
            "\u0300\u0301\u0302\u0303\u0304\u0306\u0307\u0308\0\u030A\u0327\0\u030B\u0328\u030C";

    private DvbText() {}

    static String decode(byte[] text) {
        if (text.length == 0) {
            return "";
        }
        int table = text[0] & 0xFF;
        if (table >= FIRST_CHARACTER) {
            return clean(iso6937(text));
        }
        if (table <= LAST_SINGLE_BYTE_TABLE) {
            return clean(iso8859(table + 4, text, 1));
        }
        return clean(
                switch (table) {
                    case ISO_8859_TABLE -> text.length < 3 ? "" : iso8859(text[2] & 0xFF, text, 3);
                    case UCS_2 -> new String(text, 1, text.length - 1, StandardCharsets.UTF_16BE);
                    case UTF_8 -> new String(text, 1, text.length - 1, StandardCharsets.UTF_8);
                    default -> new String(text, 1, text.length - 1, StandardCharsets.ISO_8859_1);
                });
    }

    private static String iso8859(int part, byte[] text, int from) {
        String name = "ISO-8859-" + part;
        boolean known = part >= 1 && part <= 15 && Charset.isSupported(name);
        Charset charset = known ? Charset.forName(name) : StandardCharsets.ISO_8859_1;
        return new String(text, from, text.length - from, charset);
    }

    /** A diacritic stands in front of its letter. Other characters beyond ASCII are taken for Latin 1. */
    private static String iso6937(byte[] text) {
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < text.length; i++) {
            int code = text[i] & 0xFF;
            int index = code - FIRST_DIACRITIC;
            boolean diacritic = index >= 0 && index < DIACRITICS.length() && DIACRITICS.charAt(index) != 0;
            if (diacritic && i + 1 < text.length) {
                i++;
                out.append((char) (text[i] & 0xFF)).append(DIACRITICS.charAt(index));
            } else {
                out.append((char) code);
            }
        }
        return Normalizer.normalize(out, Normalizer.Form.NFC);
    }

    private static String clean(String text) {
        StringBuilder out = new StringBuilder();
        text.chars().filter(c -> !Character.isISOControl(c)).forEach(c -> out.append((char) c));
        return out.toString();
    }
}
