// SPDX-License-Identifier: Apache-2.0
/** One node of many: runs the protocol of {@code cluster} on a thread, over NATS, for the streams of this process. */
@NullMarked
package io.medicloud.service.node;

import org.jspecify.annotations.NullMarked;
