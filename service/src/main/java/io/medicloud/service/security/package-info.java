// SPDX-License-Identifier: Apache-2.0
/** What keeps secrets secret. */
@NullMarked
package io.medicloud.service.security;

import org.jspecify.annotations.NullMarked;
