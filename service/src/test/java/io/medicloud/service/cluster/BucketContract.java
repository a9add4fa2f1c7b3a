// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What the protocol relies on, of whatever is behind a bucket. */
abstract class BucketContract {
    private final List<Bucket> open = new ArrayList<>();

    /** One more way to the same bucket. */
    abstract Bucket connect() throws Exception;

    /** Lets time pass until it is so; fails if that takes too long. */
    abstract void await(BooleanSupplier condition);

    final Bucket bucket() throws Exception {
        Bucket bucket = connect();
        open.add(bucket);
        return bucket;
    }

    @AfterEach
    final void close() {
        open.forEach(Bucket::close);
    }

    final WriteEnd write(Bucket bucket, String key, String value, long expected) {
        List<WriteEnd> ends = new CopyOnWriteArrayList<>();
        bucket.write(key, value, expected, (end, nowNs) -> ends.add(end));
        await(() -> !ends.isEmpty());
        return ends.get(0);
    }

    final long written(Bucket bucket, String key, String value, long expected) {
        WriteEnd end = write(bucket, key, value, expected);
        assertThat(end).isInstanceOf(WriteEnd.Written.class);
        return ((WriteEnd.Written) end).revision();
    }

    static List<BucketEntry> watch(Bucket bucket) {
        List<BucketEntry> seen = new CopyOnWriteArrayList<>();
        bucket.watch((entry, nowNs) -> seen.add(entry));
        return seen;
    }

    @Test
    void aKeyIsMadeOnce() throws Exception {
        Bucket bucket = bucket();
        assertThat(written(bucket, "made", "a", Bucket.ABSENT)).isPositive();
        assertThat(write(bucket, "made", "b", Bucket.ABSENT)).isEqualTo(new WriteEnd.Conflict());
    }

    @Test
    void aWriteThatExpectsAnOldRevisionChangesNothing() throws Exception {
        Bucket bucket = bucket();
        long first = written(bucket, "changed", "a", Bucket.ABSENT);
        long second = written(bucket, "changed", "b", first);
        assertThat(second).isGreaterThan(first);
        assertThat(write(bucket, "changed", "c", first)).isEqualTo(new WriteEnd.Conflict());
        assertThat(write(bucket, "changed", "c", second + 1000)).isEqualTo(new WriteEnd.Conflict());
        List<BucketEntry> seen = watch(bucket());
        await(() -> seen.contains(new BucketEntry("changed", "b", second)));
    }

    @Test
    void aKeysRevisionDoesNotDependOnOtherKeys() throws Exception {
        Bucket bucket = bucket();
        long one = written(bucket, "one", "a", Bucket.ABSENT);
        long other = written(bucket, "other", "a", Bucket.ABSENT);
        assertThat(other).isGreaterThan(one);
        assertThat(written(bucket, "one", "b", one)).isGreaterThan(other);
    }

    @Test
    void ofManyWritesThatExpectTheSameOneTakesEffect() throws Exception {
        List<Bucket> buckets = List.of(bucket(), bucket(), bucket());
        long revision = written(buckets.get(0), "raced", "0", Bucket.ABSENT);
        for (int round = 1; round <= 20; round++) {
            AtomicInteger ends = new AtomicInteger();
            List<Long> wins = new CopyOnWriteArrayList<>();
            for (Bucket bucket : buckets) {
                bucket.write("raced", "by " + round, revision, (end, nowNs) -> {
                    if (end instanceof WriteEnd.Written written) {
                        wins.add(written.revision());
                    }
                    ends.incrementAndGet();
                });
            }
            await(() -> ends.get() == buckets.size());
            assertThat(wins).hasSize(1);
            revision = wins.get(0);
        }
    }

    @Test
    void aWatchTellsWhatIsThereAndThenWhatChanges() throws Exception {
        Bucket writer = bucket();
        String key = BucketKeys.ofStream("a.b..c_-");
        long first = written(writer, key, "Grüße", Bucket.ABSENT);
        List<BucketEntry> seen = watch(bucket());
        await(() -> seen.contains(new BucketEntry(key, "Grüße", first)));
        long second = written(writer, key, "", first);
        long third = written(writer, key, "c", second);
        await(() -> seen.contains(new BucketEntry(key, "c", third)));
    }

    @Test
    void aReadTellsTheEntryAndThenItsEnd() throws Exception {
        Bucket bucket = bucket();
        List<BucketEntry> seen = watch(bucket);
        long revision = written(bucket, "read", "a", Bucket.ABSENT);
        await(() -> seen.contains(new BucketEntry("read", "a", revision)));
        seen.clear();
        AtomicInteger ends = new AtomicInteger();
        bucket.read("read", nowNs -> ends.set(seen.size() + 1));
        await(() -> ends.get() > 0);
        assertThat(ends.get()).isEqualTo(2);
        bucket.read("absent", nowNs -> ends.set(0));
        await(() -> ends.get() == 0);
    }
}
