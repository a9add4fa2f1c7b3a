// SPDX-License-Identifier: Apache-2.0
/** The stack {@code java}: the only room of the pure-Java SRT with sockets, threads and a clock; all three are Netty's. */
@NullMarked
package io.medicloud.srt.netty;

import org.jspecify.annotations.NullMarked;
