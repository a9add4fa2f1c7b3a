/** The PID table: what a transport stream holds, and its PES packets, PID by PID. */
@NullMarked
package io.medicloud.mpegts.demux;

import org.jspecify.annotations.NullMarked;
