// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the protocol relies on, of real servers. */
abstract class NatsBucketContract extends BucketContract {
    private static final Duration PATIENCE = Duration.ofSeconds(40);
    private static final int RACERS = 6;
    static final String NAME = "contract";

    @TempDir
    Path directory;

    private final int count;
    private final List<NatsLink> links = new ArrayList<>();
    private final List<ExecutorService> protocols = new ArrayList<>();
    NatsServers servers;

    NatsBucketContract(int count) {
        this.count = count;
    }

    @BeforeEach
    void start() throws Exception {
        servers = new NatsServers(directory, count);
    }

    @AfterEach
    void stop() {
        links.forEach(NatsLink::close);
        protocols.forEach(ExecutorService::shutdownNow);
        servers.close();
    }

    @Override
    Bucket connect() {
        NatsLink link = new NatsLink(servers.urls(), "test");
        links.add(link);
        ExecutorService protocol = Executors.newSingleThreadExecutor();
        protocols.add(protocol);
        NatsBucket bucket = new NatsBucket(link, NAME, count, protocol, System::nanoTime);
        await(bucket::isMade);
        return bucket;
    }

    @Override
    void await(BooleanSupplier condition) {
        Awaitility.await().atMost(PATIENCE).pollInterval(Duration.ofMillis(2)).until(condition::getAsBoolean);
    }

    /** As the protocol does: what is not known to have been written is read, and tried again if it was not. */
    private long surely(Bucket bucket, List<BucketEntry> seen, String key, String value, long expected) {
        AtomicLong revision = new AtomicLong();
        await(() -> {
            WriteEnd end = write(bucket, key, value, expected);
            if (end instanceof WriteEnd.Written written) {
                revision.set(written.revision());
            } else {
                AtomicInteger ends = new AtomicInteger();
                bucket.read(key, nowNs -> ends.incrementAndGet());
                await(() -> ends.get() > 0);
                seen.stream()
                        .filter(entry ->
                                entry.key().equals(key) && entry.value().equals(value))
                        .forEach(entry -> revision.set(entry.revision()));
            }
            return revision.get() > 0;
        });
        return revision.get();
    }

    @Test
    void whateverFailsMeanwhileOfWritesThatRaceOneWins() throws Exception {
        List<Bucket> buckets = new ArrayList<>();
        List<List<BucketEntry>> news = new ArrayList<>();
        for (int i = 0; i < RACERS; i++) {
            buckets.add(bucket());
            news.add(watch(buckets.get(i)));
        }
        long revision = surely(buckets.get(0), news.get(0), "raced", "begin", Bucket.ABSENT);
        for (int round = 1; round <= 60; round++) {
            List<String> wins = new CopyOnWriteArrayList<>();
            AtomicInteger ends = new AtomicInteger();
            for (int i = 0; i < RACERS; i++) {
                String value = "round " + round + " of " + i;
                buckets.get(i).write("raced", value, revision, (end, nowNs) -> {
                    if (end instanceof WriteEnd.Written) {
                        wins.add(value);
                    }
                    ends.incrementAndGet();
                });
                // Traffic of other keys, which must change nothing but the time it takes.
                buckets.get(i).write("other." + i + "." + round, value, Bucket.ABSENT, (end, nowNs) -> {});
            }
            if (round % 30 == 15) {
                disturb(round / 30);
            }
            await(() -> ends.get() == RACERS);
            assertThat(wins).as("round %d", round).hasSizeLessThanOrEqualTo(1);
            revision =
                    surely(buckets.get(0), news.get(0), "raced", "after " + round, newest(news.get(0), buckets.get(0)));
        }
        // Each value that somebody was told was written is followed by exactly those that came later.
        for (List<BucketEntry> seen : news) {
            long last = revision;
            await(() -> seen.stream().anyMatch(entry -> entry.revision() == last));
        }
    }

    /** The newest revision, as of a read that has ended. */
    private long newest(List<BucketEntry> seen, Bucket bucket) {
        AtomicLong revision = new AtomicLong(-1);
        await(() -> {
            int before = seen.size();
            AtomicInteger ends = new AtomicInteger();
            bucket.read("raced", nowNs -> ends.incrementAndGet());
            await(() -> ends.get() > 0);
            seen.stream()
                    .skip(Math.max(0, before - 1))
                    .filter(entry -> entry.key().equals("raced"))
                    .mapToLong(BucketEntry::revision)
                    .max()
                    .ifPresent(revision::set);
            return revision.get() > 0;
        });
        return revision.get();
    }

    /** Something happens to the servers while writes are under way. */
    abstract void disturb(int time) throws Exception;
}
