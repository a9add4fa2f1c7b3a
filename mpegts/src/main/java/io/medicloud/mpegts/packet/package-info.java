/** One transport packet and what is in its header: ISO/IEC 13818-1, 2.4.3.2 to 2.4.3.5. */
@NullMarked
package io.medicloud.mpegts.packet;

import org.jspecify.annotations.NullMarked;
