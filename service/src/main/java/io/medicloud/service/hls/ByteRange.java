// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.hls;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of a resource that are asked for (RFC 9110, 14).
 *
 * @param first the first one
 * @param length how many; 0 if what is asked for is not there
 * @param isPartial a range was asked for
 */
record ByteRange(long first, long length, boolean isPartial) {
    private static final Pattern ONE = Pattern.compile("bytes=(\\d{0,18})-(\\d{0,18})");

    /** The range that a header asks for; everything if there is none, or one that may be passed over, such as of several ranges. */
    static ByteRange of(@Nullable String header, long total) {
        Matcher matcher = ONE.matcher(header == null ? "" : header.replace(" ", ""));
        if (!matcher.matches()
                || (matcher.group(1).isEmpty() && matcher.group(2).isEmpty())) {
            return new ByteRange(0, total, false);
        }
        if (matcher.group(1).isEmpty()) {
            long length = Math.min(total, Long.parseLong(matcher.group(2)));
            return new ByteRange(total - length, length, true);
        }
        long first = Long.parseLong(matcher.group(1));
        long last = matcher.group(2).isEmpty() ? total - 1 : Math.min(total - 1, Long.parseLong(matcher.group(2)));
        return new ByteRange(first, Math.max(0, last - first + 1), true);
    }
}
