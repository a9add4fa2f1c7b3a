// SPDX-License-Identifier: Apache-2.0
/** One SRT stream into a file, or a file into one SRT stream. */
@NullMarked
package io.medicloud.service.transfer;

import org.jspecify.annotations.NullMarked;
