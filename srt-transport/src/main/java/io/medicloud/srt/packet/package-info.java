/** The packets of draft-sharabayko-srt section 3, as views over the bytes of one datagram: nothing is copied, and no bytes make them throw. */
@NullMarked
package io.medicloud.srt.packet;

import org.jspecify.annotations.NullMarked;
