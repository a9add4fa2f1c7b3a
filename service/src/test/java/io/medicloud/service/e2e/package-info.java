// SPDX-License-Identifier: Apache-2.0
/** The whole product as its users meet it: the launcher, the service's process, encoders and clients from outside. */
@NullMarked
package io.medicloud.service.e2e;

import org.jspecify.annotations.NullMarked;
