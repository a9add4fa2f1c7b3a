// SPDX-License-Identifier: Apache-2.0
package io.medicloud.mpegts.probe;

import io.medicloud.mpegts.psi.Descriptors;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The languages of an elementary stream, from its descriptors (13818-1, 2.6.18; EN 300 468, 6.2.41, 6.2.43 and 6.4.11). Where
 * several descriptors name some, the last one stands: a supplementary audio descriptor tells the language of a description.
 */
final class Languages {
    private static final int TELETEXT = 0x56;
    private static final int TELETEXT_ENTRY = 5;
    private static final int SUBTITLING = 0x59;
    private static final int SUBTITLING_ENTRY = 8;
    private static final int ISO_639_ENTRY = 4;
    private static final int EXTENSION = 0x7F;
    private static final int SUPPLEMENTARY_AUDIO = 0x06;
    private static final int CODE = 3;

    private Languages() {}

    /** All codes in order, separated by commas; null if there is none. */
    static @Nullable String of(Descriptors descriptors) {
        byte[] loop = descriptors.toBytes();
        List<String> codes = List.of();
        int end;
        for (int at = 0; at + 2 <= loop.length; at = end) {
            end = at + 2 + (loop[at + 1] & 0xFF);
            List<String> found = end > loop.length ? List.of() : read(loop[at] & 0xFF, loop, at + 2, end);
            codes = found.isEmpty() ? codes : found;
        }
        return codes.isEmpty() ? null : String.join(",", codes);
    }

    private static List<String> read(int tag, byte[] loop, int from, int end) {
        return switch (tag) {
            case Descriptors.ISO_639_LANGUAGE -> codes(loop, from, end, ISO_639_ENTRY);
            case TELETEXT -> codes(loop, from, end, TELETEXT_ENTRY);
            case SUBTITLING -> codes(loop, from, end, SUBTITLING_ENTRY);
            case EXTENSION -> supplementaryAudio(loop, from, end);
            default -> List.of();
        };
    }

    private static List<String> supplementaryAudio(byte[] loop, int from, int end) {
        boolean present = from + 2 + CODE <= end && loop[from] == SUPPLEMENTARY_AUDIO && (loop[from + 1] & 1) != 0;
        return present ? codes(loop, from + 2, from + 2 + CODE, CODE) : List.of();
    }

    private static List<String> codes(byte[] loop, int from, int end, int entry) {
        List<String> codes = new ArrayList<>();
        for (int at = from; at + entry <= end; at += entry) {
            String code = new String(loop, at, CODE, StandardCharsets.ISO_8859_1);
            if (code.chars().allMatch(Languages::isLetter)) {
                codes.add(code);
            }
        }
        return codes;
    }

    private static boolean isLetter(int letter) {
        return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z');
    }
}
