/** What every stack must do, tried against real peers. */
@org.jspecify.annotations.NullMarked
package io.medicloud.srt.contract;
