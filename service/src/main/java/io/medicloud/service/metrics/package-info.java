// SPDX-License-Identifier: Apache-2.0
/** Figures for those who operate the service. */
@NullMarked
package io.medicloud.service.metrics;

import org.jspecify.annotations.NullMarked;
