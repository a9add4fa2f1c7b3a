// SPDX-License-Identifier: Apache-2.0
/** The packet filter {@code fec}: rebuilds lost packets from extra ones, on both ends of a session. */
@NullMarked
package io.medicloud.srt.filter;

import org.jspecify.annotations.NullMarked;
