// SPDX-License-Identifier: Apache-2.0
package io.medicloud.pipeline.playlist;

/**
 * A part of a segment: a range of its bytes that begins with a picture.
 *
 * @param offset its first byte in the segment
 * @param bytes how many there are
 * @param ticks how long it lasts, in units of 1/90000 s
 * @param independent a decoder can start in it
 * @param tableBytes how many bytes of the segment's beginning, its PAT and PMT, whoever starts with it needs in front of it
 */
public record LivePart(long offset, long bytes, long ticks, boolean independent, int tableBytes) {}
