// SPDX-License-Identifier: Apache-2.0
package io.medicloud.pipeline.thumbnail;

/**
 * A decoded picture, 4:2:0.
 *
 * @param planes Y, Cb and Cr, whole macroblocks, each sample less 128
 * @param format what part of it is shown, and how
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record DecodedPicture(byte[][] planes, AvcFormat format) {}
