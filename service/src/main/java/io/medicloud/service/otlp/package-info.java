// SPDX-License-Identifier: Apache-2.0
/** Traces, log records and metrics for a receiver of OTLP. Nothing of it, nor of the library below it, is loaded before one is configured. */
@NullMarked
package io.medicloud.service.otlp;

import org.jspecify.annotations.NullMarked;
