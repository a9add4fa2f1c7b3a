// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.config;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Durations, sizes and bit rates as people write them. An ill-formed one is an {@link IllegalArgumentException} that says what is right. */
public final class Units {
    private static final Pattern NUMBER_AND_UNIT = Pattern.compile("(\\d{1,15}(?:\\.\\d{1,9})?)\\s*([A-Za-z]*)");

    private Units() {}

    /** {@code 500ms}, {@code 6s}, {@code 2m}, {@code 1h}; a bare number counts seconds. */
    public static Duration duration(String text) {
        Matcher m = match(text, "a duration such as 500ms, 6s or 2m");
        long nanosOfUnit = switch (m.group(2).toLowerCase(Locale.ROOT)) {
            case "ms" -> 1_000_000L;
            case "", "s" -> 1_000_000_000L;
            case "m", "min" -> 60_000_000_000L;
            case "h" -> 3_600_000_000_000L;
            default -> throw wrong(text, "a duration such as 500ms, 6s or 2m");
        };
        try {
            return Duration.ofNanos(new BigDecimal(m.group(1))
                    .multiply(BigDecimal.valueOf(nanosOfUnit))
                    .longValueExact());
        } catch (ArithmeticException e) {
            throw wrong(text, "a duration such as 500ms, 6s or 2m");
        }
    }

    /** {@code 1000000}, {@code 64MiB}, {@code 64MB}; K, M and G alone are powers of 1024. */
    public static long bytes(String text) {
        Matcher m = match(text, "a size such as 1000000, 500KB or 64MiB");
        long unit = switch (m.group(2).toLowerCase(Locale.ROOT)) {
            case "", "b" -> 1L;
            case "k", "kib" -> 1L << 10;
            case "m", "mib" -> 1L << 20;
            case "g", "gib" -> 1L << 30;
            case "kb" -> 1_000L;
            case "mb" -> 1_000_000L;
            case "gb" -> 1_000_000_000L;
            default -> throw wrong(text, "a size such as 1000000, 500KB or 64MiB");
        };
        return scaled(m.group(1), unit, text, "a size such as 1000000, 500KB or 64MiB");
    }

    /** Bits a second: {@code 8M}, {@code 800k}, {@code 8000000}. */
    public static long bitsPerSecond(String text) {
        Matcher m = match(text, "a bit rate such as 8M or 800k");
        long unit = switch (m.group(2).toLowerCase(Locale.ROOT)) {
            case "" -> 1L;
            case "k" -> 1_000L;
            case "m" -> 1_000_000L;
            case "g" -> 1_000_000_000L;
            default -> throw wrong(text, "a bit rate such as 8M or 800k");
        };
        return scaled(m.group(1), unit, text, "a bit rate such as 8M or 800k");
    }

    /** Writes a duration as {@link #duration} reads it. */
    public static String text(Duration duration) {
        long millis = duration.toMillis();
        if (millis % 3_600_000 == 0 && millis > 0) {
            return millis / 3_600_000 + "h";
        }
        if (millis % 60_000 == 0 && millis > 0) {
            return millis / 60_000 + "m";
        }
        return millis % 1000 == 0 ? millis / 1000 + "s" : millis + "ms";
    }

    private static long scaled(String number, long unit, String text, String right) {
        try {
            return new BigDecimal(number)
                    .multiply(BigDecimal.valueOf(unit))
                    .toBigInteger()
                    .longValueExact();
        } catch (ArithmeticException e) {
            throw wrong(text, right);
        }
    }

    private static Matcher match(String text, String right) {
        Matcher m = NUMBER_AND_UNIT.matcher(text.strip());
        if (!m.matches()) {
            throw wrong(text, right);
        }
        return m;
    }

    private static IllegalArgumentException wrong(String text, String right) {
        return new IllegalArgumentException("'" + text + "' is not " + right);
    }
}
