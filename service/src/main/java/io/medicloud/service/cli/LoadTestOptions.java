// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.cli;

import io.medicloud.service.config.Units;
import io.medicloud.service.loadtest.LoadSettings;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What {@code loadtest} is told of the load. */
final class LoadTestOptions {
    private static final Pattern SHARE = Pattern.compile("(\\d{1,3}(?:\\.\\d{1,6})?)(%?)");
    private static final double PERCENT = 100;

    @Option(
            names = "--streams",
            paramLabel = "N",
            defaultValue = "4",
            description = "How many at once, up to 1000. Default: 4.")
    private int streams;

    @Option(
            names = "--for",
            paramLabel = "TIME",
            defaultValue = "60s",
            description = "How long, 2s to 24h. Default: 60s.")
    private String length = "60s";

    @Option(
            names = "--rate",
            paramLabel = "8M",
            defaultValue = "8M",
            description = "Of each synthetic stream, 700k to 200M bits a second. Default: 8M.")
    private String rate = "8M";

    @Option(
            names = "--file",
            paramLabel = "FILE",
            description = "Send this transport stream round and round at its own pace, in place of a synthetic one.")
    private @Nullable Path file;

    @Option(
            names = "--ramp",
            paramLabel = "TIME",
            defaultValue = "0s",
            description = "Streams begin evenly over this time.")
    private String ramp = "0s";

    @Option(
            names = "--steps",
            paramLabel = "N",
            defaultValue = "1",
            description = "They begin in so many steps, each told by itself.")
    private int steps;

    @Option(
            names = "--churn",
            paramLabel = "TIME",
            defaultValue = "0s",
            description = "Streams come and go: each lives about so long, and another takes its place.")
    private String churn = "0s";

    @Option(
            names = "--storm",
            paramLabel = "TIME",
            defaultValue = "0s",
            description = "Every so often all encoders hang up and call again at once.")
    private String storm = "0s";

    @Option(
            names = "--loss",
            paramLabel = "1%",
            defaultValue = "0",
            description = "Share of the datagrams that are lost, both ways.")
    private String loss = "0";

    @Option(
            names = "--duplicate",
            paramLabel = "1%",
            defaultValue = "0",
            description = "Share of them that come twice.")
    private String duplicate = "0";

    @Option(
            names = "--delay",
            paramLabel = "20ms",
            defaultValue = "0s",
            description = "How long they are on their way, each way.")
    private String delay = "0s";

    @Option(
            names = "--jitter",
            paramLabel = "5ms",
            defaultValue = "0s",
            description = "Up to so much longer, so that they overtake each other.")
    private String jitter = "0s";

    @Option(
            names = "--seed",
            paramLabel = "N",
            defaultValue = "1",
            description = "Of all that is left to chance. Default: 1.")
    private long seed;

    @Option(names = "--latency", paramLabel = "TIME", defaultValue = "120ms", description = "SRT's. Default: 120ms.")
    private String latency = "120ms";

    @Option(names = "--plain", description = "Without encryption.")
    private boolean isPlain;

    @Option(
            names = "--segment-duration",
            paramLabel = "TIME",
            defaultValue = "2s",
            description = "Of a service of our own. Default: 2s.")
    private String segment = "2s";

    @Option(
            names = "--set",
            paramLabel = "KEY=VALUE",
            description = "Set one thing of a service of our own; may be given again.")
    private List<String> assignments = List.of();

    @Option(
            names = "--service",
            paramLabel = "URL",
            description = "The API of a service that runs, http://HOST:PORT, in place of one of our own.")
    private @Nullable String service;

    @Option(names = "--metrics", paramLabel = "URL", description = "Its metrics, http://HOST:PORT/metrics.")
    private @Nullable String metrics;

    @Option(
            names = "--pid",
            paramLabel = "PID",
            defaultValue = "0",
            description = "Its process, if it is on this machine.")
    private long pid;

    @Option(names = "--remote", description = "The service may be on another machine: the load goes out there.")
    private boolean isRemote;

    /** What is asked for; what is out of bounds is a fault of usage. */
    LoadSettings settings(Console console, String stack) throws CommandException {
        LoadSettings.Shape shape = checked(
                console,
                () -> new LoadSettings.Shape(
                        time(console, "--ramp", ramp),
                        steps,
                        time(console, "--churn", churn),
                        time(console, "--storm", storm)));
        Path sent = file;
        if (sent != null) {
            Failures.requireReadable(sent);
        }
        return checked(
                console,
                () -> new LoadSettings(
                        streams,
                        time(console, "--for", length),
                        console.read("--rate", rate, Units::bitsPerSecond),
                        sent,
                        shape,
                        seed,
                        new LoadSettings.Srt(stack, time(console, "--latency", latency), !isPlain),
                        new LoadSettings.Network(
                                console.read("--loss", loss, LoadTestOptions::share),
                                console.read("--duplicate", duplicate, LoadTestOptions::share),
                                time(console, "--delay", delay),
                                time(console, "--jitter", jitter)),
                        time(console, "--segment-duration", segment),
                        target(console)));
    }

    private LoadSettings.Target target(Console console) {
        URI address = address(console, "--service", service);
        URI page = address(console, "--metrics", metrics);
        if (address != null && !isRemote && !isLoopback(address)) {
            throw console.usage("--service: " + address.getHost()
                    + " is not this machine (loopback); --remote says that the load may go out there");
        }
        return new LoadSettings.Target(address, page, pid, assignments);
    }

    private static @Nullable URI address(Console console, String option, @Nullable String text) {
        return text == null ? null : console.read(option, text, LoadTestOptions::address);
    }

    private static URI address(String text) {
        URI address = URI.create(text);
        boolean isHttp = "http".equals(address.getScheme()) || "https".equals(address.getScheme());
        if (!isHttp || address.getHost() == null || address.getPort() < 0) {
            throw new IllegalArgumentException("'" + text + "' is not http://HOST:PORT or https://HOST:PORT");
        }
        return address;
    }

    private static boolean isLoopback(URI address) {
        try {
            return InetAddress.getByName(address.getHost()).isLoopbackAddress();
        } catch (IOException e) {
            return false;
        }
    }

    private static Duration time(Console console, String option, String text) {
        return console.read(option, text, Units::duration);
    }

    private static double share(String text) {
        Matcher share = SHARE.matcher(text.strip());
        if (!share.matches()) {
            throw new IllegalArgumentException("'" + text + "' is not a share such as 1% or 0.01");
        }
        double value = Double.parseDouble(share.group(1));
        return share.group(2).isEmpty() ? value : value / PERCENT;
    }

    /** Bounds that an option breaks are told as an option's fault is. */
    private static <T> T checked(Console console, Supplier<T> made) {
        try {
            return made.get();
        } catch (IllegalArgumentException e) {
            throw console.usage(String.valueOf(e.getMessage()));
        }
    }
}
