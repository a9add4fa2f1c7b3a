/** The encryption of draft-sharabayko-srt section 6: payload ciphers, key wrap, key derivation and key refresh. No clock, no thread, no I/O. */
@NullMarked
package io.medicloud.srt.crypto;

import org.jspecify.annotations.NullMarked;
