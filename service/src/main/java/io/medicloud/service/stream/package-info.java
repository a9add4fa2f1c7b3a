// SPDX-License-Identifier: Apache-2.0
/** Live streams: their ports, their encoders, their pipelines, who watches them. */
@NullMarked
package io.medicloud.service.stream;

import org.jspecify.annotations.NullMarked;
