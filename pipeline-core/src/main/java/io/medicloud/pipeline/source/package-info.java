// SPDX-License-Identifier: Apache-2.0
/** Where the bytes of a stream come from. */
@NullMarked
package io.medicloud.pipeline.source;

import org.jspecify.annotations.NullMarked;
