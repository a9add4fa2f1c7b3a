@NullMarked
package io.medicloud.mpegts;

import org.jspecify.annotations.NullMarked;
