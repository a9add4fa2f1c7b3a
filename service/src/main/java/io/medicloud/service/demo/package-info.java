// SPDX-License-Identifier: Apache-2.0
/** The main job on embedded defaults, and its verification. */
@NullMarked
package io.medicloud.service.demo;

import org.jspecify.annotations.NullMarked;
