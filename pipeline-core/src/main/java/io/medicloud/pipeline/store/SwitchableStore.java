// SPDX-License-Identifier: Apache-2.0
package io.medicloud.pipeline.store;

import java.io.InputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Predicate;

/** A store whose way in (address, credentials, bucket) can be changed while it is used. Owns the store behind it. */
public final class SwitchableStore implements SegmentStore {
    private volatile SegmentStore current;

    /** Begins with one. */
    public SwitchableStore(SegmentStore first) {
        this.current = first;
    }

    /** Goes on with another; what is under way with the one before fails as unreachable, and is tried again with this one. */
    public synchronized void replace(SegmentStore next) {
        SegmentStore before = current;
        current = next;
        before.close();
    }

    @Override
    public Put put(SegmentObject segment) throws StoreException {
        return current.put(segment);
    }

    @Override
    public void abandon(String key) throws StoreException {
        current.abandon(key);
    }

    @Override
    public int abandonOld(Predicate<String> isOurs, Instant before) throws StoreException {
        return current.abandonOld(isOurs, before);
    }

    @Override
    public void replace(String key, byte[] content, String contentType) throws StoreException {
        current.replace(key, content, contentType);
    }

    @Override
    public void delete(String key) throws StoreException {
        current.delete(key);
    }

    @Override
    public void list(String prefix, Consumer<StoredObject> each) throws StoreException {
        current.list(prefix, each);
    }

    @Override
    public Optional<StoredFacts> find(String key) throws StoreException {
        return current.find(key);
    }

    @Override
    public InputStream read(String key) throws StoreException {
        return current.read(key);
    }

    @Override
    public InputStream read(String key, long offset, long length) throws StoreException {
        return current.read(key, offset, length);
    }

    @Override
    public StoreHealth check() {
        return current.check();
    }

    @Override
    public String urlOf(String key, Duration expiry) throws StoreException {
        return current.urlOf(key, expiry);
    }

    @Override
    public String locationOf(String key) {
        return current.locationOf(key);
    }

    @Override
    public void close() {
        current.close();
    }
}
