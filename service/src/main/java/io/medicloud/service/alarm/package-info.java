// SPDX-License-Identifier: Apache-2.0
/** Figures of streams that pass their thresholds, told as events. */
@NullMarked
package io.medicloud.service.alarm;

import org.jspecify.annotations.NullMarked;
