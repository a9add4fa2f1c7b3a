// SPDX-License-Identifier: Apache-2.0
package io.medicloud.pipeline.store;

import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * Where segments go. All calls block until the store has answered or a time limit has passed, may be made by several
 * threads at once, and must not be made on a stream's own thread. An object becomes visible whole or not at all.
 */
public interface SegmentStore extends AutoCloseable {
    /** What a {@link #put} found. */
    enum Put {
        /** The object was not there, and is now. */
        STORED,
        /** The object was there already, with the same bytes. */
        ALREADY_THERE
    }

    /**
     * Stores one segment. Asking again after a failure is safe: the same bytes are no conflict, and other bytes are never
     * overwritten.
     */
    Put put(SegmentObject segment) throws StoreException;

    /** Nobody will put that object any more: gives up what of it was begun and lies in the store unseen. */
    default void abandon(String key) throws StoreException {}

    /**
     * Gives up what was begun of objects that nobody will put any more, and lies in the store unseen; some thousands at the most.
     *
     * @param isOurs which keys are meant
     * @param before begun before that
     * @return how many there were
     */
    default int abandonOld(Predicate<String> isOurs, Instant before) throws StoreException {
        return 0;
    }

    /** Writes a small object that is not a segment, whatever stood there before. */
    void replace(String key, byte[] content, String contentType) throws StoreException;

    /** Deletes an object; one that is not there is deleted already. */
    void delete(String key) throws StoreException;

    /** Tells of every object below a prefix, in no particular order. */
    void list(String prefix, Consumer<StoredObject> each) throws StoreException;

    /**
     * What is known of an object; empty if there is none. That may be the answer of somebody in front of the store: what must
     * not be taken for missing wrongly is to be looked for in a {@link #list}.
     */
    Optional<StoredFacts> find(String key) throws StoreException;

    /** Opens an object; the caller closes the stream. */
    InputStream read(String key) throws StoreException;

    /** Opens a piece of an object, from an offset on and of at most that length; the caller closes the stream. */
    default InputStream read(String key, long offset, long length) throws StoreException {
        InputStream whole = read(key);
        try {
            whole.skipNBytes(offset);
            return new Piece(whole, length);
        } catch (IOException e) {
            throw new StoreException(StoreException.Kind.UNREACHABLE, locationOf(key) + ": " + e.getMessage(), e);
        }
    }

    /** Asks whether segments can be stored, and makes what is missing (a bucket, a folder) if that is permitted. */
    StoreHealth check();

    /** An address from which an object can be fetched without credentials, for so long. Does not ask whether it is there. */
    String urlOf(String key, Duration expiry) throws StoreException;

    /** Where an object with that key is found, for people; without a key where the store is. */
    String locationOf(String key);

    /** Ends what is under way, which then fails as unreachable, and frees connections and threads. */
    @Override
    void close();
}
