// SPDX-License-Identifier: Apache-2.0
/** Facts and events as names and values, as they lie on disk and in the metadata of objects. */
@NullMarked
package io.medicloud.pipeline.text;

import org.jspecify.annotations.NullMarked;
