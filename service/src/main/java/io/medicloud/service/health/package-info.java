// SPDX-License-Identifier: Apache-2.0
/** Whether the service can do its work, and why not. */
@NullMarked
package io.medicloud.service.health;

import org.jspecify.annotations.NullMarked;
