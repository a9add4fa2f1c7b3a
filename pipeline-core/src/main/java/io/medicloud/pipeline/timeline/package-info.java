// SPDX-License-Identifier: Apache-2.0
/** Where segments stand in what their stream plays: time of day, breaks, splice points. */
@NullMarked
package io.medicloud.pipeline.timeline;

import org.jspecify.annotations.NullMarked;
