// SPDX-License-Identifier: Apache-2.0
package io.medicloud.pipeline.thumbnail;

import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * A picture of H.264 that is decoded without any other: all its slices are I slices.
 *
 * @param sps its sequence parameter set, a NAL unit without emulation prevention bytes, its header byte first
 * @param pps its picture parameter sets by their numbers, likewise
 * @param slices its slices in order, likewise
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record Keyframe(byte[] sps, Map<Integer, byte[]> pps, List<byte[]> slices) {
    /** Equal for pictures with the same parameter sets. */
    long parameterSets() {
        long hash = Arrays.hashCode(sps);
        for (Map.Entry<Integer, byte[]> set : pps.entrySet()) {
            hash += ((set.getKey() + 1L) * 31 * Arrays.hashCode(set.getValue())) << 16;
        }
        return hash;
    }
}
