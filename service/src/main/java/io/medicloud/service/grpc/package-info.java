// SPDX-License-Identifier: Apache-2.0
/** The gRPC face. */
@NullMarked
package io.medicloud.service.grpc;

import org.jspecify.annotations.NullMarked;
