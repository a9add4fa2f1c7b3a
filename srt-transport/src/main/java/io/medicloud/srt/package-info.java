// SPDX-License-Identifier: Apache-2.0
/**
 * The front door to SRT (Secure Reliable Transport, draft-sharabayko-srt): listeners and connections that carry live
 * payloads, whichever stack runs below. Start with {@link io.medicloud.srt.SrtStacks} and {@link io.medicloud.srt.SrtUri}.
 */
@NullMarked
package io.medicloud.srt;

import org.jspecify.annotations.NullMarked;
