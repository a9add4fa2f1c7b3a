// SPDX-License-Identifier: Apache-2.0
/** Events told to an address of the operator's. */
@NullMarked
package io.medicloud.service.webhook;

import org.jspecify.annotations.NullMarked;
