/**
 * SRT sessions without I/O (draft-sharabayko-srt sections 4 and 5): bytes and {@code nowUs} come in, bytes and facts go out. Nothing here owns a
 * socket, a thread, a timer or a clock; every object is for the one thread of its connection.
 */
@NullMarked
package io.medicloud.srt.protocol;

import org.jspecify.annotations.NullMarked;
