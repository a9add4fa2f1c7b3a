/** What is in a transport stream: programs, codecs, sizes, rates, languages, times, random access points and errors. */
@NullMarked
package io.medicloud.mpegts.probe;

import org.jspecify.annotations.NullMarked;
