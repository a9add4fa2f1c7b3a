// SPDX-License-Identifier: Apache-2.0
package io.medicloud.mpegts.bench;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;

/**
 * Passes over a file in memory: {@code Throughput FILE JOB[,JOB…] [PASSES [PIECE [heap]]]}. Prints one line a job: the best and the median speed by
 * the thread's processor time, and the bytes allocated per GB, after some passes to warm up. {@code -Dmost=BYTES} reads the file's first bytes only, again and again.
 */
final class Throughput {
    private static final int WARM_UP = 3;
    private static final long MOST = 1_100_000_000;

    private Throughput() {}

    public static void main(String[] args) throws Exception {
        Path file = Path.of(args[0]);
        int passes = args.length > 2 ? Integer.parseInt(args[2]) : 5;
        int piece = args.length > 3 ? Integer.parseInt(args[3]) : Recording.PIECE;
        boolean heap = args.length > 4 && args[4].equals("heap");
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        try (Recording recording = Recording.of(file, Long.getLong("most", MOST), piece, !heap)) {
            recording.repeated((int) Math.max(1, MOST / 2 / recording.bytes()));
            for (String name : args[1].split(",", -1)) {
                Job job = Job.valueOf(name.toUpperCase(Locale.ROOT));
                double[] speeds = new double[passes];
                long found = 0;
                long allocated = 0;
                for (int pass = -WARM_UP; pass < passes; pass++) {
                    long before = threads.getCurrentThreadAllocatedBytes();
                    long startNs = threads.getCurrentThreadCpuTime();
                    found = job.run(recording);
                    double speed = (double) recording.bytes() / (threads.getCurrentThreadCpuTime() - startNs);
                    allocated = threads.getCurrentThreadAllocatedBytes() - before;
                    if (pass >= 0) {
                        speeds[pass] = speed;
                    }
                }
                Arrays.sort(speeds);
                System.out.printf(
                        Locale.ROOT,
                        "%-8s java%s best %.2f GB/s, median %.2f, %.2f ns/packet, %d bytes allocated per GB, found %d%n",
                        name,
                        System.getProperty("java.specification.version"),
                        speeds[passes - 1],
                        speeds[passes / 2],
                        188 / speeds[passes - 1],
                        allocated * 1_000_000_000 / recording.bytes(),
                        found);
            }
        }
    }
}
