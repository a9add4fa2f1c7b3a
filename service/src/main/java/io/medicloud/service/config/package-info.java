// SPDX-License-Identifier: Apache-2.0
/** Where settings come from, what they may be, and the records the service reads. */
@NullMarked
package io.medicloud.service.config;

import org.jspecify.annotations.NullMarked;
