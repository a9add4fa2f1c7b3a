// SPDX-License-Identifier: Apache-2.0
package io.medicloud.srt.netty;

/**
 * Says whether an event loop has all it can carry: it was busy for nine tenths of two seconds in a row, and used a processor for half of them; or in two of the last {@value #DROPS_WINDOWS}
 * seconds the system had to discard a hundredth of what came. Then new callers are refused, so that those that are here stay whole. A loop that another program keeps from running is not
 * overloaded, and a pause that fills a buffer once is none either. For one event loop.
 */
final class LoadGauge {
    private static final long WINDOW_US = 1_000_000;
    private static final int BUSY_PERCENT = 90;
    private static final int RUNNING_PERCENT = 50;
    private static final int BUSY_WINDOWS = 2;
    private static final long LEAST_DATAGRAMS = 1_000;
    private static final int DROPPED_SHARE = 100;
    private static final int DROPS_WINDOWS = 5;
    private static final int MANY_DROPS = 2;

    private long sinceUs;
    private long ranUs;
    private long busyUs;
    private long datagrams;
    private int busyWindows;
    /** A bit for each of the last windows, the last one's lowest, set if it had drops. */
    private int drops;

    /** A tick is over; true if a window is, too: then {@link #onWindow} follows. */
    boolean onTick(long beginUs, long endUs, int read) {
        busyUs += endUs - beginUs;
        datagrams += read;
        return endUs - sinceUs >= WINDOW_US;
    }

    /** A window is over, in which the system discarded so many datagrams; and what the loop's thread has used of processors since it began. */
    void onWindow(long discarded, long runUs, long nowUs) {
        long lengthUs = nowUs - sinceUs;
        boolean isBusy = busyUs * 100 >= lengthUs * BUSY_PERCENT && (runUs - ranUs) * 100 >= lengthUs * RUNNING_PERCENT;
        busyWindows = isBusy ? busyWindows + 1 : 0;
        long came = datagrams + discarded;
        boolean isDropping = came >= LEAST_DATAGRAMS && discarded * DROPPED_SHARE >= came;
        drops = (drops << 1 | (isDropping ? 1 : 0)) & (1 << DROPS_WINDOWS) - 1;
        sinceUs = nowUs;
        ranUs = runUs;
        busyUs = 0;
        datagrams = 0;
    }

    boolean isOverloaded() {
        return Integer.bitCount(drops) >= MANY_DROPS || busyWindows >= BUSY_WINDOWS;
    }
}
