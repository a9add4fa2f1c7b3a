// SPDX-License-Identifier: Apache-2.0
/** The durable record of streams, segments and events: what must be known again after a crash. */
@NullMarked
package io.medicloud.pipeline.record;

import org.jspecify.annotations.NullMarked;
