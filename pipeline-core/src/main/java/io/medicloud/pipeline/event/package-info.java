// SPDX-License-Identifier: Apache-2.0
/** What happened to a stream, and how it is told without holding anybody up. */
@NullMarked
package io.medicloud.pipeline.event;

import org.jspecify.annotations.NullMarked;
