// SPDX-License-Identifier: Apache-2.0
/**
 * Generators for tests and the demo: transport streams, legal or broken on purpose, and a synthetic encoder. Shares no
 * code with the modules that it tests.
 */
@NullMarked
package io.medicloud.testdata;

import org.jspecify.annotations.NullMarked;
