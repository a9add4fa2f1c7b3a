// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.cluster;

/** How a write ended. */
public sealed interface WriteEnd {
    /** It took effect; the key's revision is this. */
    record Written(long revision) implements WriteEnd {}

    /** It did not and will not take effect: the key's revision is not the expected one. */
    record Conflict() implements WriteEnd {}

    /** It may have taken effect, may yet, or may not. */
    record Unknown(String why) implements WriteEnd {}
}
