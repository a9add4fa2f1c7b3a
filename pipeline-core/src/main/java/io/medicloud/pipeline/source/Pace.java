// SPDX-License-Identifier: Apache-2.0
package io.medicloud.pipeline.source;

/** How fast a recording is read. */
public enum Pace {
    /** As fast as it is taken. */
    FLAT_OUT,
    /** As its program clock references say: as fast as it was once live (ISO/IEC 13818-1, 2.4.2.1). */
    PCR
}
