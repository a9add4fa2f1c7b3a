@NullMarked
package io.medicloud.service;

import org.jspecify.annotations.NullMarked;
