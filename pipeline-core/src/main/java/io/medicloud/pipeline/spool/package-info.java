// SPDX-License-Identifier: Apache-2.0
/** What was received is on disk before anything else happens with it. */
@NullMarked
package io.medicloud.pipeline.spool;

import org.jspecify.annotations.NullMarked;
