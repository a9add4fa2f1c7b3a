// SPDX-License-Identifier: Apache-2.0
/** Texts of others, made fit to be shown. */
@NullMarked
package io.medicloud.service.text;

import org.jspecify.annotations.NullMarked;
