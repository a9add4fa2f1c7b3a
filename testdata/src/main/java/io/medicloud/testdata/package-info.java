@NullMarked
package io.medicloud.testdata;

import org.jspecify.annotations.NullMarked;
