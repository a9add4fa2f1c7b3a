// SPDX-License-Identifier: Apache-2.0
package io.medicloud.pipeline.spool;

import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** How the segments of a stream are called, in the spool and in stores: {@code segment_0001.ts}, counting from 1. */
public final class SegmentName {
    private static final Pattern NAME = Pattern.compile("segment_([0-9]{4,18})\\.ts");

    private SegmentName() {}

    /** The name of the segment with that number. */
    public static String of(long sequence) {
        return "segment_%04d.ts".formatted(sequence);
    }

    /** The number in the last part of a path or key, or nothing if it is no segment's. */
    public static OptionalLong sequenceOf(String pathOrKey) {
        Matcher matcher = NAME.matcher(pathOrKey.substring(pathOrKey.lastIndexOf('/') + 1));
        return matcher.matches() ? OptionalLong.of(Long.parseLong(matcher.group(1))) : OptionalLong.empty();
    }
}
