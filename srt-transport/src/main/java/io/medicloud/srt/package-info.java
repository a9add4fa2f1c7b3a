@NullMarked
package io.medicloud.srt;

import org.jspecify.annotations.NullMarked;
