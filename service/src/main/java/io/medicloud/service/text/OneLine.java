// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.text;

/** Text that somebody else wrote, for a log line or a message: it cannot end the line, hide in it, or turn it round. */
public final class OneLine {
    private static final int MOST = 80;

    private OneLine() {}

    /**
     * The text with a question mark for each character that is no visible one or a space (controls, line and paragraph separators, formatting such as that of
     * bidirectional text, halves of surrogate pairs, what is not assigned), and cut at 80.
     */
    public static String of(String text) {
        StringBuilder shown = new StringBuilder(MOST);
        int at = 0;
        for (int count = 0; at < text.length() && count < MOST; count++) {
            int character = text.codePointAt(at);
            shown.appendCodePoint(isVisible(character) ? character : '?');
            at += Character.charCount(character);
        }
        return at < text.length() ? shown.append('…').toString() : shown.toString();
    }

    private static boolean isVisible(int character) {
        return switch (Character.getType(character)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.PRIVATE_USE,
                    Character.SURROGATE,
                    Character.UNASSIGNED -> false;
            default -> true;
        };
    }
}
