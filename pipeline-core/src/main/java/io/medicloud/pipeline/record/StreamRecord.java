// SPDX-License-Identifier: Apache-2.0
package io.medicloud.pipeline.record;

import java.util.Map;

/**
 * What is known of a stream for good.
 *
 * @param id the live id
 * @param keyPrefix what the keys of its segments begin with
 * @param nextSequence the number that its next segment gets, at least 1
 * @param isWanted it is to run, also after the next start
 * @param settings how it is to run, in the words of whoever runs it; kept as they are, so secrets must be encrypted
 */
public record StreamRecord(
        String id, String keyPrefix, long nextSequence, boolean isWanted, Map<String, String> settings) {
    public StreamRecord {
        settings = Map.copyOf(settings);
    }
}
