// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.cluster;

/**
 * A replicated key-value bucket whose writes compare and set: of all writes to a key that expect the same revision one at the most
 * takes effect. Revisions grow with each write. What a write's sink is told is the truth; what is read or watched may be old. Calls do
 * not block; all sinks are called on one thread, the protocol's own.
 */
public interface Bucket extends AutoCloseable {
    /** The revision that a key which is not there yet has. */
    long ABSENT = 0;

    /** Is told of entries, also of old ones again. */
    interface EntrySink {
        /** An entry is, or was, like this; {@code nowNs} is this node's monotonic time. */
        void onEntry(BucketEntry entry, long nowNs);
    }

    /** Is told once how a write ended. */
    interface WriteSink {
        void onEnd(WriteEnd end, long nowNs);
    }

    /** Is told once that a read has ended, after its entry, if there is one and it could be read, went to the entry sink. */
    interface ReadSink {
        void onRead(long nowNs);
    }

    /** Tells of every key's entry, then of each change, and after an interruption of every key's entry again. To be called once. */
    void watch(EntrySink sink);

    /**
     * Writes a value if the key's revision is the expected one. An end is told within a second or so, and even then a write whose end is
     * {@link WriteEnd.Unknown} may take effect later.
     */
    void write(String key, String value, long expectedRevision, WriteSink sink);

    /** Reads a key's entry for the entry sink. */
    void read(String key, ReadSink sink);

    /** Ends the watch; sinks are not called any more. */
    @Override
    void close();
}
