// SPDX-License-Identifier: Apache-2.0
/** The programs of docs/examples, compiled and run. */
@NullMarked
package io.medicloud.service.example;

import org.jspecify.annotations.NullMarked;
