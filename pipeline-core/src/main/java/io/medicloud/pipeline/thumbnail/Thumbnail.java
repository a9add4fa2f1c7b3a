// SPDX-License-Identifier: Apache-2.0
package io.medicloud.pipeline.thumbnail;

import java.time.Instant;

/**
 * A small picture of a segment's first keyframe.
 *
 * @param sequence the segment's number
 * @param width in pixels
 * @param height in pixels
 * @param capturedAt when the keyframe had come, by the wall clock
 * @param jpeg not to be changed
 */
@SuppressWarnings("ArrayRecordComponent") // it is handed on, and never compared
public record Thumbnail(long sequence, int width, int height, Instant capturedAt, byte[] jpeg) {}
