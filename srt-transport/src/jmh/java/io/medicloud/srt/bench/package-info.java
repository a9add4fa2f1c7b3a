/** Programs that compare the stacks with each other; not part of the library. */
@NullMarked
package io.medicloud.srt.bench;

import org.jspecify.annotations.NullMarked;
