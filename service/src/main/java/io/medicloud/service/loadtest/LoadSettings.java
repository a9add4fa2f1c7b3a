// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.loadtest;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a load test does; bounded in everything, checked when made.
 *
 * @param streams how many at once
 * @param length from the first to the last packet
 * @param bitsPerSecond of each synthetic stream
 * @param file what is sent in place of a synthetic stream, round and round; null if nothing
 * @param shape how they come and go
 * @param seed of all that is left to chance
 * @param srt how they are sent
 * @param network what is between them and the service
 * @param segment how long segments are to be, of a service of our own
 * @param target which service
 */
public record LoadSettings(
        int streams,
        Duration length,
        long bitsPerSecond,
        @Nullable Path file,
        Shape shape,
        long seed,
        Srt srt,
        Network network,
        Duration segment,
        Target target) {
    public static final int MOST_STREAMS = 1000;
    public static final Duration LONGEST = Duration.ofHours(24);
    public static final long LEAST_RATE = 700_000;
    public static final long MOST_RATE = 200_000_000;
    /** What all streams may have together. */
    public static final long MOST_RATE_OF_ALL = 20_000_000_000L;

    private static final Duration SHORTEST = Duration.ofSeconds(2);

    /**
     * How streams come and go.
     *
     * @param ramp over which time they begin; zero: as fast as one begins after the other
     * @param steps in how many steps; 1: all at the beginning
     * @param churn how long each lives on the average before another takes its place; zero: to the end
     * @param storm how often all hang up and call again at once; zero: never
     */
    public record Shape(Duration ramp, int steps, Duration churn, Duration storm) {
        public Shape {
            require(steps >= 1 && steps <= 100, "--steps must be from 1 to 100");
            require(isZeroOr(churn, Duration.ofSeconds(2)), "--churn must be at least 2s");
            require(isZeroOr(storm, Duration.ofSeconds(2)), "--storm must be at least 2s");
            require(steps == 1 || ramp.isZero(), "--steps and --ramp exclude each other");
        }

        private static boolean isZeroOr(Duration time, Duration least) {
            return time.isZero() || time.compareTo(least) >= 0;
        }
    }

    /**
     * How streams are sent.
     *
     * @param stack auto, java or libsrt
     * @param isEncrypted with a passphrase of this run
     */
    public record Srt(String stack, Duration latency, boolean isEncrypted) {
        public Srt {
            long ms = latency.toMillis();
            require(ms >= 20 && ms <= 60_000, "--latency must be from 20ms to 60s");
        }
    }

    /**
     * What is between encoders and service, both ways.
     *
     * @param loss share of the datagrams that are lost
     * @param duplication share of them that come twice
     * @param delay one way
     * @param jitter added to it, from nothing to this
     */
    public record Network(double loss, double duplication, Duration delay, Duration jitter) {
        /** Nothing is between them. */
        public static final Network NONE = new Network(0, 0, Duration.ZERO, Duration.ZERO);

        public Network {
            require(loss >= 0 && loss <= 0.5, "--loss must be from 0% to 50%");
            require(duplication >= 0 && duplication <= 0.5, "--duplicate must be from 0% to 50%");
            require(delay.toMillis() <= 5_000, "--delay must be at most 5s");
            require(jitter.toMillis() <= 5_000, "--jitter must be at most 5s");
        }

        public boolean isPerfect() {
            return equals(NONE);
        }
    }

    /**
     * Which service is tested.
     *
     * @param address of its API; null for one of our own
     * @param metrics where its metrics are; null if they are not asked for
     * @param pid its process if it is on this machine, else 0
     * @param settings of one of our own, {@code key=value}
     */
    public record Target(@Nullable URI address, @Nullable URI metrics, long pid, List<String> settings) {
        public Target {
            settings = List.copyOf(settings);
            require(address == null || settings.isEmpty(), "--set is for a service of our own, not with --service");
            require(address != null || metrics == null, "--metrics is for a service given by --service");
            require(address != null || pid == 0, "--pid is for a service given by --service");
        }
    }

    /** @throws IllegalArgumentException if something is out of bounds; the message names the option and the bounds */
    public LoadSettings {
        require(streams >= 1 && streams <= MOST_STREAMS, "--streams must be from 1 to " + MOST_STREAMS);
        require(
                length.compareTo(SHORTEST) >= 0 && length.compareTo(LONGEST) <= 0,
                "--for must be from 2s to " + LONGEST.toHours() + "h");
        require(
                bitsPerSecond >= LEAST_RATE && bitsPerSecond <= MOST_RATE,
                "--rate must be from " + LEAST_RATE / 1000 + "k to " + MOST_RATE / 1_000_000 + "M");
        require(
                streams * bitsPerSecond <= MOST_RATE_OF_ALL,
                "--streams by --rate must be at most " + MOST_RATE_OF_ALL / 1_000_000_000 + "G");
        require(shape.ramp().compareTo(length) < 0, "--ramp must be shorter than --for");
        require(
                segment.toMillis() >= 500 && segment.toMillis() <= 60_000,
                "--segment-duration must be from 500ms to 60s");
        require(
                shape.churn().isZero()
                        || streams * length.toMillis() / shape.churn().toMillis() <= LoadPlan.MOST_STREAMS / 2,
                "--churn begins more than " + LoadPlan.MOST_STREAMS / 2 + " streams within --for");
    }

    private static void require(boolean isRight, String otherwise) {
        if (!isRight) {
            throw new IllegalArgumentException(otherwise);
        }
    }
}
