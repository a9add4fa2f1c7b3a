// SPDX-License-Identifier: Apache-2.0
/** HLS media playlists (RFC 8216). */
@NullMarked
package io.medicloud.pipeline.playlist;

import org.jspecify.annotations.NullMarked;
