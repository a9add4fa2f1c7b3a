// SPDX-License-Identifier: Apache-2.0
package io.medicloud.srt.packet;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Reads the recordings under {@code srt-captures}: short selections of them; or whole ones, with {@code -Dcaptures=whole} and {@code MEDICLOUD_SAMPLES}
 * set, from the folder {@code srt-captures/full} beside the samples.
 */
public final class Capture {
    private static final Pattern LINE = Pattern.compile(
            "\\{\"t_us\": (-?\\d+), \"dir\": \"(\\w+)\", \"hex\": \"([0-9a-f]*)\", \"note\": \"(.*)\"\\}");

    private static final Path WHOLE = whole();
    private static final Map<String, List<Datagram>> LINES = new ConcurrentHashMap<>();

    private Capture() {}

    private static Path whole() {
        String samples = System.getenv("MEDICLOUD_SAMPLES");
        boolean isAsked = "whole".equals(System.getProperty("captures"));
        return isAsked && samples != null ? Path.of(samples, "..", "srt-captures", "full") : null;
    }

    /** One datagram, or the first line with direction {@code meta}. */
    @SuppressWarnings("ArrayRecordComponent")
    public record Datagram(String file, int line, long timeUs, String direction, byte[] bytes, String note) {
        /** A copy. */
        public ByteBuf buf() {
            return Unpooled.copiedBuffer(bytes);
        }

        public boolean isMutated() {
            return note.contains("BY RELAY]") && !note.contains("[DROPPED");
        }

        public boolean isForwarded() {
            return !note.contains("[DROPPED");
        }

        @Override
        public String toString() {
            return file + ":" + line + " " + note;
        }
    }

    public static List<String> names() {
        try (Stream<Path> files = Files.list(folder())) {
            return files.map(f -> f.getFileName().toString())
                    .filter(f -> f.endsWith(".jsonl"))
                    .map(f -> f.replace(".jsonl", ""))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** All datagrams of one recording, without the first line. */
    public static List<Datagram> read(String name) {
        return lines(name).filter(d -> !d.direction().equals("meta")).toList();
    }

    public static Stream<Datagram> readAll() {
        return names().stream().flatMap(n -> read(n).stream());
    }

    public static String meta(String name) {
        return lines(name).findFirst().orElseThrow().note();
    }

    /** Whether this recording is read whole. */
    public static boolean isWhole(String name) {
        return WHOLE != null && Files.exists(WHOLE.resolve(name + ".jsonl.xz"));
    }

    private static Stream<Datagram> lines(String name) {
        return LINES.computeIfAbsent(name, Capture::readLines).stream();
    }

    private static List<Datagram> readLines(String name) {
        return parseLines(name).toList();
    }

    private static List<String> unpack(Path file) throws IOException {
        Process xz = new ProcessBuilder("xz", "-dc", file.toString()).start();
        try (BufferedReader reader = xz.inputReader()) {
            return reader.lines().toList();
        }
    }

    private static Stream<Datagram> parseLines(String name) {
        try {
            List<String> lines = isWhole(name)
                    ? unpack(WHOLE.resolve(name + ".jsonl.xz"))
                    : Files.readAllLines(folder().resolve(name + ".jsonl"));
            return Stream.iterate(0, i -> i < lines.size(), i -> i + 1).map(i -> parse(name, i + 1, lines.get(i)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Datagram parse(String name, int number, String line) {
        Matcher m = LINE.matcher(line);
        if (!m.matches()) {
            throw new IllegalStateException(name + ":" + number + " is no record");
        }
        return new Datagram(
                name,
                number,
                Long.parseLong(m.group(1)),
                m.group(2),
                HexFormat.of().parseHex(m.group(3)),
                m.group(4));
    }

    private static Path folder() {
        try {
            return Path.of(Objects.requireNonNull(Capture.class.getResource("/srt-captures"))
                    .toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }
}
