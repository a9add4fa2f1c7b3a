// SPDX-License-Identifier: Apache-2.0
package io.medicloud.srt.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.DatagramSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/**
 * Compares what the two stacks cost: {@code Comparison ROUNDS WARMUP_S SECONDS CASE…}, a case being {@code STREAMSxMBPS[:PASSPHRASE]}. In each round both
 * stacks receive from the same kind of sender, one after the other; printed are the medians of user and system time of the receiving process in seconds
 * for a GB (10^9 bytes) of payload, their ratio, and the share that arrived. With {@code -Dsender=true} the receiver is always libsrt's, and the
 * sender's time is compared; with {@code -Dboth=true} both ends are of the same stack; with
 * {@code -Dalone=true} the stack {@code java} runs alone. {@code -Dpeer=COMMAND} names a native program with {@code COMMAND recv PORT STREAMS SECONDS LATENCY_MS [PASSPHRASE]} and
 * {@code COMMAND send HOST PORT STREAMS SECONDS LATENCY_MS MBPS [PASSPHRASE]}, taken for libsrt; else it runs in a JVM, as stack {@code libsrt}.
 * {@code -Dpeer.warmup=SECONDS} is the warm-up of such a native program, if it is to be another.
 */
public final class Comparison {
    private static final int LATENCY_MS = Integer.getInteger("latency", 120);
    private static final double TICKS_PER_SECOND = 100;
    private static final boolean COMPARES = !Boolean.getBoolean("alone");

    private final String peer = System.getProperty("peer", "");
    private final boolean comparesSenders = Boolean.getBoolean("sender");
    private final boolean pairs = Boolean.getBoolean("both");
    private final String peerWarmUp = System.getProperty("peer.warmup", "");
    private final double warmUpSeconds;
    private final double seconds;

    private Comparison(double warmUpSeconds, double seconds) {
        this.warmUpSeconds = warmUpSeconds;
        this.seconds = seconds;
    }

    private record Result(double cpuSecondsPerGb, double corePercent, double rssMib, String reading) {}

    /** Runs the rounds of each case. */
    public static void main(String[] args) throws Exception {
        int rounds = Integer.parseInt(args[0]);
        Comparison comparison = new Comparison(Double.parseDouble(args[1]), Double.parseDouble(args[2]));
        for (String text : Arrays.asList(args).subList(3, args.length)) {
            List<Result> java = new ArrayList<>();
            List<Result> libsrt = new ArrayList<>();
            for (int i = 0; i < rounds; i++) {
                java.add(comparison.run("java", text));
                print(text, "java", java.get(i));
                if (COMPARES) {
                    libsrt.add(comparison.run("libsrt", text));
                    print(text, "libsrt", libsrt.get(i));
                }
            }
            if (!COMPARES) {
                continue;
            }
            System.out.printf(
                    Locale.ROOT,
                    "%s median java %.2f libsrt %.2f cpu-s/GB, ratio %.2f%n",
                    text,
                    median(java),
                    median(libsrt),
                    median(java) / median(libsrt));
        }
    }

    private static void print(String text, String who, Result r) {
        System.out.printf(
                Locale.ROOT,
                "%s %s %.2f cpu-s/GB, %.1f %% of a core, RSS %.0f MiB, %s%n",
                text,
                who,
                r.cpuSecondsPerGb(),
                r.corePercent(),
                r.rssMib(),
                r.reading());
    }

    private static double median(List<Result> results) {
        double[] sorted =
                results.stream().mapToDouble(Result::cpuSecondsPerGb).sorted().toArray();
        return sorted[sorted.length / 2];
    }

    private Result run(String stack, String text) throws Exception {
        int x = text.indexOf('x');
        int colon = text.indexOf(':');
        String streams = text.substring(0, x);
        String mbps = text.substring(x + 1, colon < 0 ? text.length() : colon);
        List<String> passphrase = colon < 0 ? List.of() : List.of(text.substring(colon + 1));
        String port = String.valueOf(freePort());
        boolean isNative = !stack.equals("java") && !peer.isEmpty();
        double warmsUpFor = isNative && !peerWarmUp.isEmpty() ? Double.parseDouble(peerWarmUp) : warmUpSeconds;
        double runsFor = warmsUpFor + seconds + 2;
        Process receiver = receiver(comparesSenders && !pairs ? "libsrt" : stack, port, streams, runsFor, passphrase);
        Process sender = null;
        try {
            BufferedReader output =
                    new BufferedReader(new InputStreamReader(receiver.getInputStream(), StandardCharsets.UTF_8));
            TimeUnit.MILLISECONDS.sleep(1500);
            sender = sender(comparesSenders || pairs ? stack : "libsrt", port, streams, mbps, runsFor, passphrase);
            Process measured = comparesSenders ? sender : receiver;
            sleep(warmsUpFor);
            ask(receiver);
            double cpu = cpuSeconds(measured);
            long begin = System.nanoTime();
            sleep(seconds);
            double spent = cpuSeconds(measured) - cpu;
            double span = (System.nanoTime() - begin) / 1e9;
            double rss = rssMib(measured);
            ask(receiver);
            double gb = Double.parseDouble(mbps) * Integer.parseInt(streams) * span / 8000;
            if (!sender.waitFor(20, TimeUnit.SECONDS)) {
                sender.destroyForcibly();
            }
            String reading = "";
            for (String line = read(output, receiver); !line.isEmpty(); line = read(output, receiver)) {
                reading = line.contains("p99") ? line.substring(Math.max(0, line.indexOf('|'))) : reading;
            }
            String sent = new String(sender.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
            return new Result(spent / gb, 100 * spent / span, rss, reading + "; sender: " + sent.replace('\n', ' '));
        } finally {
            receiver.destroyForcibly();
            if (sender != null) {
                sender.destroyForcibly();
            }
        }
    }

    private static String read(BufferedReader output, Process from) throws IOException, InterruptedException {
        for (int i = 0; i < 40 && !output.ready() && from.isAlive(); i++) {
            TimeUnit.MILLISECONDS.sleep(25);
        }
        return output.ready() ? output.readLine() : "";
    }

    private static void ask(Process receiver) {
        try {
            receiver.getOutputStream().write('\n');
            receiver.getOutputStream().flush();
        } catch (IOException e) {
            // A native receiver tells at its end.
        }
    }

    private Process receiver(String stack, String port, String streams, double runsFor, List<String> passphrase)
            throws IOException {
        String latency = String.valueOf(LATENCY_MS);
        return stack.equals("java") || peer.isEmpty()
                ? jvm(List.of("recv", stack, port, streams, latency), passphrase)
                : start(List.of(peer, "recv", port, streams, String.valueOf(runsFor), latency), passphrase);
    }

    private Process sender(
            String stack, String port, String streams, String mbps, double runsFor, List<String> passphrase)
            throws IOException {
        String latency = String.valueOf(LATENCY_MS);
        String span = String.valueOf(runsFor);
        return stack.equals("java") || peer.isEmpty()
                ? jvm(List.of("send", stack, port, streams, latency, mbps, span), passphrase)
                : start(List.of(peer, "send", "127.0.0.1", port, streams, span, latency, mbps), passphrase);
    }

    private static Process jvm(List<String> arguments, List<String> more) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx" + System.getProperty("heap", "256m"),
                "-cp",
                System.getProperty("java.class.path")));
        String options = System.getProperty("jvm", "");
        if (!options.isEmpty()) {
            command.addAll(1, Arrays.asList(options.split(" ", -1)));
        }
        command.add(Endpoint.class.getName());
        command.addAll(arguments);
        return start(command, more);
    }

    private static Process start(List<String> command, List<String> more) throws IOException {
        List<String> all = new ArrayList<>(command);
        all.addAll(more);
        return new ProcessBuilder(all)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
    }

    private static int freePort() throws IOException {
        try (DatagramSocket socket = new DatagramSocket()) {
            return socket.getLocalPort();
        }
    }

    private static void sleep(double span) throws InterruptedException {
        TimeUnit.MILLISECONDS.sleep((long) (span * 1000));
    }

    /** User and system time of a process, from fields 14 and 15 of its stat file. */
    private static double cpuSeconds(Process process) throws IOException {
        String stat = Files.readString(Path.of("/proc", String.valueOf(process.pid()), "stat"));
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
        return (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) / TICKS_PER_SECOND;
    }

    private static double rssMib(Process process) throws IOException {
        String[] fields = Files.readString(Path.of("/proc", String.valueOf(process.pid()), "statm"))
                .split(" ", -1);
        return Long.parseLong(fields[1]) * 4096.0 / (1 << 20);
    }
}
