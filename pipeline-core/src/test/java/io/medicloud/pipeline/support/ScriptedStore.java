// SPDX-License-Identifier: Apache-2.0
package io.medicloud.pipeline.support;

import io.medicloud.pipeline.store.DirectoryStore;
import io.medicloud.pipeline.store.SegmentObject;
import io.medicloud.pipeline.store.SegmentStore;
import io.medicloud.pipeline.store.StoreException;
import io.medicloud.pipeline.store.StoreException.Kind;
import io.medicloud.pipeline.store.StoreHealth;
import io.medicloud.pipeline.store.StoredFacts;
import io.medicloud.pipeline.store.StoredObject;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** A folder of segments that fails on cue, and remembers what was asked of it. */
public final class ScriptedStore implements SegmentStore {
    private final DirectoryStore folder;
    private final List<String> attempts = new CopyOnWriteArrayList<>();
    private final List<String> stored = new CopyOnWriteArrayList<>();
    private final AtomicInteger underWay = new AtomicInteger();
    private final AtomicInteger mostUnderWay = new AtomicInteger();
    private final AtomicInteger lists = new AtomicInteger();
    private final AtomicInteger finds = new AtomicInteger();
    private final AtomicInteger reads = new AtomicInteger();
    private final CountDownLatch open = new CountDownLatch(1);
    private volatile Function<SegmentObject, @Nullable Kind> script = segment -> null;
    private volatile boolean held;
    private volatile Predicate<String> denied = key -> false;
    private volatile Predicate<String> unknown = key -> false;

    public ScriptedStore(Path root) {
        this.folder = new DirectoryStore(root);
    }

    /** Every attempt fails in that way from now on; null for none. */
    public void fail(@Nullable Kind kind) {
        script = segment -> kind;
    }

    /** An attempt fails as the script says; null for not at all. */
    public void script(Function<SegmentObject, @Nullable Kind> next) {
        script = next;
    }

    /** Attempts are held until {@link #release()}. */
    public void hold() {
        held = true;
    }

    public void release() {
        held = false;
        open.countDown();
    }

    /** The keys of all attempts, in order. */
    public List<String> attempts() {
        return attempts;
    }

    /** The keys of what was stored, in order. */
    public List<String> stored() {
        return stored;
    }

    /** How often it was asked for a list. */
    public int lists() {
        return lists.get();
    }

    /** Asked for a single object, it says from now on that there is none, as somebody in front of a store may; or no more. */
    public void deny(boolean all) {
        deny(key -> all);
    }

    /** The same of some objects. */
    public void deny(Predicate<String> keys) {
        denied = keys;
    }

    /** Asked for one of these objects, it fails from now on. */
    public void failFinding(Predicate<String> keys) {
        unknown = keys;
    }

    /** How often it was asked whether it has an object. */
    public int finds() {
        return finds.get();
    }

    /** How often it was asked for an object. */
    public int reads() {
        return reads.get();
    }

    public int mostUnderWay() {
        return mostUnderWay.get();
    }

    @Override
    public Put put(SegmentObject segment) throws StoreException {
        attempts.add(segment.key());
        mostUnderWay.accumulateAndGet(underWay.incrementAndGet(), Math::max);
        try {
            if (held) {
                open.await();
            }
            Kind kind = script.apply(segment);
            if (kind != null) {
                throw new StoreException(kind, "on cue: " + kind, null);
            }
            Put found = folder.put(segment);
            stored.add(segment.key());
            return found;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StoreException(Kind.UNREACHABLE, "interrupted", e);
        } finally {
            underWay.decrementAndGet();
        }
    }

    @Override
    public void replace(String key, byte[] content, String contentType) throws StoreException {
        failIfOnCue();
        folder.replace(key, content, contentType);
    }

    @Override
    public void delete(String key) throws StoreException {
        failIfOnCue();
        folder.delete(key);
    }

    @Override
    public void list(String prefix, Consumer<StoredObject> each) throws StoreException {
        lists.incrementAndGet();
        failIfOnCue();
        folder.list(prefix, each);
    }

    @Override
    public Optional<StoredFacts> find(String key) throws StoreException {
        failIfOnCue();
        finds.incrementAndGet();
        if (unknown.test(key)) {
            throw new StoreException(Kind.UNREACHABLE, "on cue: " + key, null);
        }
        return denied.test(key) ? Optional.empty() : folder.find(key);
    }

    @Override
    public InputStream read(String key) throws StoreException {
        reads.incrementAndGet();
        failIfOnCue();
        return folder.read(key);
    }

    @Override
    public StoreHealth check() {
        try {
            failIfOnCue();
            return folder.check();
        } catch (StoreException e) {
            return StoreHealth.of(e);
        }
    }

    private void failIfOnCue() throws StoreException {
        Kind kind = script.apply(null);
        if (kind != null) {
            throw new StoreException(kind, "on cue: " + kind, null);
        }
    }

    @Override
    public String urlOf(String key, Duration expiry) {
        return folder.urlOf(key, expiry);
    }

    @Override
    public String locationOf(String key) {
        return folder.locationOf(key);
    }

    @Override
    public void close() {
        release();
    }
}
