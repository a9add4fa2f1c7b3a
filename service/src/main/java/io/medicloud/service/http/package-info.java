// SPDX-License-Identifier: Apache-2.0
/** The HTTP face: liveness and readiness. */
@NullMarked
package io.medicloud.service.http;

import org.jspecify.annotations.NullMarked;
