// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.cluster;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Makes other settings of those that a stream has when they are written; may be asked again, so it must not keep anything. */
public interface Amendment {
    /** Null if those are not the settings that were meant: nothing is changed then. */
    @Nullable
    Map<String, String> of(Map<String, String> settings);
}
