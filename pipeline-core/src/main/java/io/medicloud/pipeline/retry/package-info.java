// SPDX-License-Identifier: Apache-2.0
/** When to try again: exponential backoff with full jitter. */
@NullMarked
package io.medicloud.pipeline.retry;

import org.jspecify.annotations.NullMarked;
