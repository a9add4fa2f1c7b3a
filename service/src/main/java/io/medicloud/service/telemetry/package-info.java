// SPDX-License-Identifier: Apache-2.0
/** What the service lets be followed from outside: traces, and where their context goes. Knows no library that does it. */
@NullMarked
package io.medicloud.service.telemetry;

import org.jspecify.annotations.NullMarked;
