// SPDX-License-Identifier: Apache-2.0
package io.medicloud.pipeline;

import io.medicloud.pipeline.record.LedgerLimits;
import io.medicloud.pipeline.spool.DiskLimits;
import io.medicloud.pipeline.spool.SpoolLimits;
import io.medicloud.pipeline.store.UploadLimits;
import java.time.Duration;

/**
 * The limits of everything that could grow, or last.
 *
 * @param spool what may wait for the disk
 * @param disk how full the disk may be
 * @param retention what may stand in the store
 * @param ledger what the durable record may hold
 * @param uploads how hard the store is worked
 * @param backlog what may wait for the store
 * @param lookup how long opening a stream may wait for the store to say which segments it has
 * @param drain how long a stream whose source has ended waits for its uploads before it counts as ended
 */
public record Limits(
        SpoolLimits spool,
        DiskLimits disk,
        RetentionLimits retention,
        LedgerLimits ledger,
        UploadLimits uploads,
        BacklogLimits backlog,
        Duration lookup,
        Duration drain) {
    /** The usual limits; 3 s for a look-up, 20 s to drain. */
    public static final Limits DEFAULT = new Limits(
            SpoolLimits.DEFAULT,
            DiskLimits.DEFAULT,
            RetentionLimits.NONE,
            LedgerLimits.DEFAULT,
            UploadLimits.DEFAULT,
            BacklogLimits.NONE,
            Duration.ofSeconds(3),
            Duration.ofSeconds(20));

    /** The same with other limits for the spool. */
    public Limits withSpool(SpoolLimits limits) {
        return new Limits(limits, disk, retention, ledger, uploads, backlog, lookup, drain);
    }

    /** The same with other limits for uploads. */
    public Limits withUploads(UploadLimits limits) {
        return new Limits(spool, disk, retention, ledger, limits, backlog, lookup, drain);
    }

    /** The same with other limits for the disk. */
    public Limits withDisk(DiskLimits limits) {
        return new Limits(spool, limits, retention, ledger, uploads, backlog, lookup, drain);
    }

    /** The same with other limits for what stands in the store. */
    public Limits withRetention(RetentionLimits limits) {
        return new Limits(spool, disk, limits, ledger, uploads, backlog, lookup, drain);
    }

    /** The same with other limits for what waits for the store. */
    public Limits withBacklog(BacklogLimits limits) {
        return new Limits(spool, disk, retention, ledger, uploads, limits, lookup, drain);
    }

    /** The same with other limits for the record. */
    public Limits withLedger(LedgerLimits limits) {
        return new Limits(spool, disk, retention, limits, uploads, backlog, lookup, drain);
    }
}
