// SPDX-License-Identifier: Apache-2.0
/** What many streams need, computed: the tables of docs/scaling.md. */
@NullMarked
package io.medicloud.service.scaling;

import org.jspecify.annotations.NullMarked;
