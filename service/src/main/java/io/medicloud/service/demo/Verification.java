// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.demo;

import java.util.List;

/**
 * What stands in the bucket, held against what was sent.
 *
 * @param segments objects
 * @param sentBytes what the encoder sent
 * @param storedBytes what the objects hold
 * @param injectedPackets tables that were put in front
 * @param seconds how long the segments last, by their times
 * @param faults one line each; none if all is right
 */
public record Verification(
        int segments, long sentBytes, long storedBytes, long injectedPackets, double seconds, List<String> faults) {
    public Verification {
        faults = List.copyOf(faults);
    }

    public boolean isRight() {
        return faults.isEmpty();
    }
}
