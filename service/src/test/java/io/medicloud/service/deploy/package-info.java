// SPDX-License-Identifier: Apache-2.0
/** The files that operators run the service by, and the pages that say how. */
@NullMarked
package io.medicloud.service.deploy;

import org.jspecify.annotations.NullMarked;
