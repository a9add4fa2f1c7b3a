// SPDX-License-Identifier: Apache-2.0
package io.medicloud.srt;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A stream id, read by SRT's access control syntax where it has that form: {@code #!::r=live/cam-1,m=publish,u=alice}.
 * Any other text is a plain resource name.
 *
 * @param raw as sent
 * @param keys what the structured form says, in its order; empty for a plain one
 */
public record SrtStreamId(String raw, Map<String, String> keys) {

    private static final int MOST_BYTES = 512;
    private static final String STRUCTURED = "#!::";
    /** Added to a byte that is not UTF-8: a lone surrogate, which no UTF-8 decodes to. */
    private static final int ESCAPE = 0xDC00;

    /** Keeps a copy of the keys. */
    public SrtStreamId {
        keys = Collections.unmodifiableMap(new LinkedHashMap<>(keys));
    }

    /**
     * Reads a stream id. ffmpeg sends what stands in its URL without decoding it, so a structured id whose
     * signs are percent-encoded is decoded here.
     *
     * @throws IllegalArgumentException with one line that says what is wrong
     */
    public static SrtStreamId parse(String raw) {
        if (encode(raw).length > MOST_BYTES) {
            throw new IllegalArgumentException("a stream id has at most " + MOST_BYTES + " bytes");
        }
        String text = raw;
        if (raw.regionMatches(true, 0, "%23!", 0, 4) || raw.regionMatches(true, 0, "%23%21", 0, 6)) {
            text = PercentCoding.decode("stream id", raw);
        } else if (raw.startsWith(STRUCTURED) && raw.indexOf('=') < 0) {
            text = PercentCoding.decode("stream id", raw);
        }
        if (!text.startsWith(STRUCTURED)) {
            return new SrtStreamId(raw, Map.of());
        }
        return new SrtStreamId(raw, keysOf(text.substring(STRUCTURED.length())));
    }

    /**
     * The string that stands for a stream id as it was sent: its UTF-8. Each byte that is not part of any is the lone
     * surrogate U+DC80 to U+DCFF that ends in it, so that different bytes are always different strings, and {@link #encode} finds them again. Such a
     * string is for comparing and passing on; where it is written as UTF-8 those bytes become question marks.
     */
    public static String decode(byte[] sent) {
        CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
        ByteBuffer in = ByteBuffer.wrap(sent);
        CharBuffer out = CharBuffer.allocate(sent.length);
        while (decoder.decode(in, out, true).isMalformed()) {
            out.put((char) (ESCAPE | (in.get() & 0xFF)));
        }
        return out.flip().toString();
    }

    /** The bytes that are sent for a stream id: its UTF-8, and of what {@link #decode} made of other bytes these. */
    public static byte[] encode(String raw) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(raw.length());
        int from = 0;
        for (int i = 0; i < raw.length(); i++) {
            if (Character.isHighSurrogate(raw.charAt(i))) {
                i++; // Of a pair; alone it is not valid, and the next one is not an escape.
            } else if (isEscape(raw.charAt(i))) {
                bytes.writeBytes(raw.substring(from, i).getBytes(StandardCharsets.UTF_8));
                bytes.write(raw.charAt(i));
                from = i + 1;
            }
        }
        bytes.writeBytes(raw.substring(from).getBytes(StandardCharsets.UTF_8));
        return bytes.toByteArray();
    }

    private static boolean isEscape(char c) {
        return c >= (ESCAPE | 0x80) && c <= (ESCAPE | 0xFF);
    }

    private static Map<String, String> keysOf(String content) {
        Map<String, String> keys = new LinkedHashMap<>();
        for (String pair : content.split(",", -1)) {
            int equals = pair.indexOf('=');
            if (equals < 1) {
                throw new IllegalArgumentException("stream id has a part that is not as key=value");
            }
            String key = pair.substring(0, equals);
            if (keys.put(key, pair.substring(equals + 1)) != null) {
                throw new IllegalArgumentException("stream id says '" + key + "' twice");
            }
        }
        return keys;
    }

    /** True if it has the structured form. */
    public boolean isStructured() {
        return !keys.isEmpty();
    }

    /** What is wanted: {@code r}, or the whole of a plain stream id; empty if not said. */
    public String resource() {
        return isStructured() ? get("r") : raw;
    }

    /** Who wants it: {@code u}, empty if not said. */
    public String user() {
        return get("u");
    }

    /** Which host is meant: {@code h}, empty if not said. */
    public String host() {
        return get("h");
    }

    /** The session: {@code s}, empty if not said. */
    public String session() {
        return get("s");
    }

    /** {@code stream}, {@code file} or {@code auth}: {@code t}, {@code stream} if not said. */
    public String type() {
        return keys.getOrDefault("t", "stream");
    }

    /** {@code request}, {@code publish} or {@code bidirectional}: {@code m}; empty if not said, which means request. */
    public String mode() {
        return get("m");
    }

    private String get(String key) {
        return keys.getOrDefault(key, "");
    }
}
