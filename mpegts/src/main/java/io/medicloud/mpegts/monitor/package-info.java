/**
 * Measures transport streams: the indicators of ETSI TR 101 290, clause 5, with the standard's thresholds; bitrates, clock references, pictures, and the
 * buffers of the system target decoder (ISO/IEC 13818-1, 2.4.2). Time is an argument, or, for files, the stream's own.
 */
@NullMarked
package io.medicloud.mpegts.monitor;

import org.jspecify.annotations.NullMarked;
