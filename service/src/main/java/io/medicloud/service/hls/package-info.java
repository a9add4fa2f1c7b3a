// SPDX-License-Identifier: Apache-2.0
/** HLS: what is received is played, live and again, from the spool and the store. */
@NullMarked
package io.medicloud.service.hls;

import org.jspecify.annotations.NullMarked;
