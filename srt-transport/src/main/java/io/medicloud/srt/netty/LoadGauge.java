// SPDX-License-Identifier: Apache-2.0
package io.medicloud.srt.netty;

/**
 * Says whether an event loop has all it can carry: it was busy for nine tenths of two seconds in a row, or the system had to discard a hundredth of what
 * came in a second, less than {@value #DROPPED_WINDOWS} seconds ago. Then new callers are refused, so that those that are here stay whole. For one event loop.
 */
final class LoadGauge {
    private static final long WINDOW_US = 1_000_000;
    private static final int BUSY_PERCENT = 90;
    private static final int BUSY_WINDOWS = 2;
    private static final long LEAST_DATAGRAMS = 1_000;
    private static final int DROPPED_SHARE = 100;
    private static final int DROPPED_WINDOWS = 5;

    private long sinceUs;
    private long busyUs;
    private long datagrams;
    private int busyWindows;
    private int droppedWindows;

    /** A tick is over; true if a window is, too: then {@link #onWindow} follows. */
    boolean onTick(long beginUs, long endUs, int read) {
        busyUs += endUs - beginUs;
        datagrams += read;
        return endUs - sinceUs >= WINDOW_US;
    }

    /** A window is over, in which the system discarded so many datagrams. */
    void onWindow(long drops, long nowUs) {
        boolean isBusy = busyUs * 100 >= (nowUs - sinceUs) * BUSY_PERCENT;
        busyWindows = isBusy ? busyWindows + 1 : 0;
        boolean dropped = datagrams + drops >= LEAST_DATAGRAMS && drops * DROPPED_SHARE >= datagrams + drops;
        droppedWindows = dropped ? DROPPED_WINDOWS : Math.max(0, droppedWindows - 1);
        sinceUs = nowUs;
        busyUs = 0;
        datagrams = 0;
    }

    boolean isOverloaded() {
        return droppedWindows > 0 || busyWindows >= BUSY_WINDOWS;
    }
}
