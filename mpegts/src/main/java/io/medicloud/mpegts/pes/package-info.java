/** PES packets: the header with its time stamps, and where the elementary stream's bytes are (ISO/IEC 13818-1, 2.4.3.6 and 2.4.3.7). */
@NullMarked
package io.medicloud.mpegts.pes;

import org.jspecify.annotations.NullMarked;
