// SPDX-License-Identifier: Apache-2.0
/** The embedded S3 store. */
@NullMarked
package io.medicloud.service.store;

import org.jspecify.annotations.NullMarked;
