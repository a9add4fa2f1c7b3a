/** The libsrt stack's own affairs. */
@org.jspecify.annotations.NullMarked
package io.medicloud.srt.libsrt;
