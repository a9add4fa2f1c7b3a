/** Cuts a transport stream into segments at random access points, on packet boundaries, without touching or copying its packets. */
@NullMarked
package io.medicloud.mpegts.segment;

import org.jspecify.annotations.NullMarked;
