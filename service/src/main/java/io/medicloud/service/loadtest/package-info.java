// SPDX-License-Identifier: Apache-2.0
/** The load harness: encoders over SRT against a service, measured from outside, every segment held against what was sent. */
@NullMarked
package io.medicloud.service.loadtest;

import org.jspecify.annotations.NullMarked;
