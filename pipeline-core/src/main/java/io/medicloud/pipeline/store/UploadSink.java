// SPDX-License-Identifier: Apache-2.0
package io.medicloud.pipeline.store;

/** Hears what becomes of one stream's uploads, in their order. Called on the queue's threads, never by two at once. */
public interface UploadSink {
    /**
     * The object stands in the store.
     *
     * @param attempts how many it took, from 1
     */
    void onUploaded(SegmentObject segment, int attempts);

    /**
     * An attempt failed. Told at the first failure of a segment, when the kind of failure changes, and at the last.
     *
     * @param retried it is tried again until it succeeds; otherwise the queue has dropped it
     */
    void onFailed(SegmentObject segment, StoreException failure, boolean retried);

    /** Nobody wants it stored any more, and its file may be gone: it is not tried again. */
    default boolean isGivenUp(SegmentObject segment) {
        return false;
    }

    /** Can be seen which files are where the segments' files are? While that is not so, none of them is taken for gone. */
    default boolean isSpoolThere() {
        return true;
    }

    /** Nothing waits any more. */
    default void onIdle() {}
}
