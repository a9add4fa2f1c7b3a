@NullMarked
package io.medicloud.pipeline;

import org.jspecify.annotations.NullMarked;
