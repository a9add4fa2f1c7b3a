// SPDX-License-Identifier: Apache-2.0
package io.medicloud.pipeline.record;

/**
 * Segments of one stream and one day that stand in the store, and that the record has no longer each for itself.
 *
 * @param keyPrefix what their keys begin with
 * @param day days since 1970, of when they were stored
 * @param first the lowest number
 * @param last the highest number; not every one between need be there
 * @param count how many there are
 * @param bytes of all of them
 * @param newestMs when the last of them was stored, in milliseconds since 1970
 */
public record ForgottenSegments(
        String streamId, String keyPrefix, long day, long first, long last, long count, long bytes, long newestMs) {}
