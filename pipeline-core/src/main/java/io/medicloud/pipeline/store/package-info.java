// SPDX-License-Identifier: Apache-2.0
/** Where segments go: object stores, folders, and the queue that feeds them. */
@NullMarked
package io.medicloud.pipeline.store;

import org.jspecify.annotations.NullMarked;
