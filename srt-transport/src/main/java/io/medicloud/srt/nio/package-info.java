/** The stack {@code java}: the only room of the pure-Java SRT with sockets, a thread and a clock. */
@NullMarked
package io.medicloud.srt.nio;

import org.jspecify.annotations.NullMarked;
