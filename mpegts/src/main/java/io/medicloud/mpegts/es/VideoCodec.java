// SPDX-License-Identifier: Apache-2.0
package io.medicloud.mpegts.es;

/** The video codecs whose access units are understood. */
public enum VideoCodec {
    /** ISO/IEC 14496-10. */
    H264,
    /** ISO/IEC 23008-2. */
    HEVC,
    /** ISO/IEC 13818-2, and 11172-2 as far as they agree. */
    MPEG2
}
