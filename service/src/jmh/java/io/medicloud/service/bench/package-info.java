// SPDX-License-Identifier: Apache-2.0
/** Programs that the service is measured with. */
@NullMarked
package io.medicloud.service.bench;

import org.jspecify.annotations.NullMarked;
