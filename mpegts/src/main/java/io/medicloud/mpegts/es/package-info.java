/**
 * Elementary streams, read no further than is needed to say what they are and where a decoder can start: NAL units, access
 * units, parameter sets and audio headers.
 */
@NullMarked
package io.medicloud.mpegts.es;

import org.jspecify.annotations.NullMarked;
