// SPDX-License-Identifier: Apache-2.0
package io.medicloud.pipeline.timeline;

/**
 * A splice point (SCTE 35) as a playlist tells it (EXT-X-DATERANGE).
 *
 * @param id what tells it from the others of its stream
 * @param startMs when it happens, in milliseconds since 1970
 * @param kind whether the program is left or returned to there
 * @param durationMs how long the program is to be left; 0 if that is not said
 * @param message the splice information section, in hexadecimal digits
 */
public record Cue(String id, long startMs, Kind kind, long durationMs, String message) {
    /** What happens. */
    public enum Kind {
        /** The program is left (SCTE35-OUT). */
        OUT,
        /** The program is returned to (SCTE35-IN). */
        IN,
        /** Something else (SCTE35-CMD). */
        CMD
    }

    private static final int FIELDS = 5;

    /** @throws IllegalArgumentException if the id or the message has characters that cannot be told */
    public Cue {
        if (!id.matches("[A-Za-z0-9-]+") || !message.matches("[0-9A-F]+")) {
            throw new IllegalArgumentException(
                    "a cue needs an id and a message, and has '" + id + "', '" + message + "'");
        }
    }

    String write() {
        return id + " " + startMs + " " + kind + " " + durationMs + " " + message;
    }

    static Cue read(String text) {
        String[] words = text.split(" ", -1);
        if (words.length != FIELDS) {
            throw new IllegalArgumentException("no cue: " + text);
        }
        return new Cue(words[0], Long.parseLong(words[1]), Kind.valueOf(words[2]), Long.parseLong(words[3]), words[4]);
    }
}
