/** The {@code libsrt} stack: Haivision's libsrt behind the front door. */
@NullMarked
package io.medicloud.srt.libsrt;

import org.jspecify.annotations.NullMarked;
