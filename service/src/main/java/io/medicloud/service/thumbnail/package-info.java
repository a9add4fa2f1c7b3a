// SPDX-License-Identifier: Apache-2.0
/** Pictures of streams, from wherever they are. */
@NullMarked
package io.medicloud.service.thumbnail;

import org.jspecify.annotations.NullMarked;
