// SPDX-License-Identifier: Apache-2.0
/** Pictures of streams: the first keyframe of each segment as a small JPEG, and sprites of them for scrubbing. */
@NullMarked
package io.medicloud.pipeline.thumbnail;

import org.jspecify.annotations.NullMarked;
