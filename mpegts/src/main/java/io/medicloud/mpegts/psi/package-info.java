/** Program specific information: sections, and the tables that say what a transport stream holds (ISO/IEC 13818-1, 2.4.4). */
@NullMarked
package io.medicloud.mpegts.psi;

import org.jspecify.annotations.NullMarked;
