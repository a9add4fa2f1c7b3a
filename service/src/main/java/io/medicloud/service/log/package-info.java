// SPDX-License-Identifier: Apache-2.0
/** How log lines look, how much there is of them, and what fields they have. */
@NullMarked
package io.medicloud.service.log;

import org.jspecify.annotations.NullMarked;
