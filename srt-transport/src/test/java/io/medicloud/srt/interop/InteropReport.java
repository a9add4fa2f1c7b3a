// SPDX-License-Identifier: Apache-2.0
package io.medicloud.srt.interop;

import io.medicloud.srt.SrtMode;
import io.medicloud.srt.interop.Cell.Outcome;
import io.medicloud.srt.interop.InteropTest.Meeting;
import io.medicloud.srt.interop.LossGrid.Column;
import io.medicloud.srt.interop.LossGrid.Row;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Writes the outcomes down. */
final class InteropReport {
    private InteropReport() {}

    static String of(List<Meeting> meetings, Map<Cell, Outcome> clean, LossGrid grid) {
        StringBuilder text = new StringBuilder("""
                # SRT: who was met

                Written by `InteropTest`, whole, with

                    mvn -pl srt-transport -am verify -Dtest=InteropTest -Dsurefire.failIfNoSpecifiedTests=false \
                -Dinterop.report=$PWD/docs/srt-interop.md

                `mvn verify` runs a part of it. The peers are Debian's packages: srt-live-transmit, ffmpeg, GStreamer's `srtsrc` and `srtsink`, and
                the stack `libsrt` of this library, all on libsrt 1.5.1.

                ## Without loss

                Five seconds at %s Mbit/s, latency 120 ms. *receives / sends*: what of it arrived when the stack `java` received from the peer, and
                when it sent to it.

                | the stack `java` is | with | plain | AES-128 | AES-192 | AES-256 |
                |---|---|---|---|---|---|
                """.formatted(grid.mbps()));
        for (SrtMode role : SrtMode.values()) {
            for (Program peer : Program.values()) {
                if (peer != Program.JAVA) {
                    text.append(cleanRow(role, peer, meetings, clean));
                }
            }
        }
        return text.append(of(grid)).toString();
    }

    static String of(LossGrid grid) {
        StringBuilder text = new StringBuilder(gridIntroduction(grid));
        for (Row row : grid.rows()) {
            text.append(gridRow(row, grid));
        }
        return text.append(sums(grid)).append(misses(grid)).toString();
    }

    private static String cleanRow(SrtMode role, Program peer, List<Meeting> meetings, Map<Cell, Outcome> clean) {
        StringBuilder row = new StringBuilder("| ")
                .append(role.name().toLowerCase(Locale.ROOT))
                .append(" | ")
                .append(peer.title())
                .append(" |");
        for (int keyBits : new int[] {0, 128, 192, 256}) {
            String receives = "n/a";
            String sends = "n/a";
            for (Meeting m : meetings) {
                if (m.role() == role && m.peer() == peer && m.keyBits() == keyBits) {
                    String percent = percent(clean.get(m.clean(5)));
                    receives = m.javaSends() ? receives : percent;
                    sends = m.javaSends() ? percent : sends;
                }
            }
            row.append(' ').append(receives).append(" / ").append(sends).append(" |");
        }
        return row.append('\n').toString();
    }

    private static String percent(Outcome outcome) {
        return outcome.isWhole() ? "100 %" : String.format(Locale.ROOT, "%.3f %%", outcome.deliveredPercent());
    }

    private static String gridIntroduction(LossGrid grid) {
        int counted = grid.outcome(
                        grid.rows().get(0),
                        Column.LIBSRT_TO_LISTENER,
                        grid.seeds().get(0))
                .sent();
        return """

                n/a: ffmpeg meets nobody in rendezvous, because it binds the peer's address as its own.

                ## With loss and disorder

                %d seconds at %s Mbit/s with srt-live-transmit, through a relay that loses and delays both ways: undelivered messages of %d, one number for \
                each of the seeds %s, and in the last columns those of srt-live-transmit to srt-live-transmit, to a listener and to a caller. The same seed loses the \
                same packets, whoever sends them the same way: a data packet's fate hangs on its place in the stream and on how often it was sent. The moments of reports and acknowledgements \
                are the programs' own, and the machine was not idle, so a message more or less is chance. The test fails where, over the seeds of a row, the \
                stack `java` delivered so much less that two equals would differ like that in one row of a thousand. Handshakes and good-byes pass the relay \
                unharmed: libsrt's own do not survive every loss.

                | loss | reordering | RTT | latency | cipher | listener receives | listener sends | caller receives | caller sends | libsrt to listener | libsrt to caller |
                |---|---|---|---|---|---|---|---|---|---|---|
                """.formatted(grid.seconds(), grid.mbps(), counted, grid.seeds());
    }

    private static String gridRow(Row row, LossGrid grid) {
        LossGrid.Place p = row.place();
        StringBuilder text = new StringBuilder(String.format(
                Locale.ROOT,
                "| %d %% | %d ms | %d ms | %d ms | %s |",
                p.lossPercent(),
                p.jitterMs(),
                p.rttMs(),
                p.latencyMs(),
                row.keyBits() == 0 ? "plain" : "AES-" + row.keyBits()));
        for (Column column : Column.values()) {
            for (long seed : grid.seeds()) {
                Outcome outcome = grid.outcome(row, column, seed);
                boolean isSound = outcome.trouble().isEmpty() && outcome.wrong() == 0;
                text.append(' ').append(isSound ? Integer.toString(outcome.missing()) : "fault");
            }
            text.append(" |");
        }
        return text.append('\n').toString();
    }

    private static String sums(LossGrid grid) {
        StringBuilder text = new StringBuilder("| all | | | | |");
        int cells = 0;
        int whole = 0;
        int lessThanWhole = 0;
        for (Column column : Column.values()) {
            int missing = 0;
            for (Row row : grid.rows()) {
                missing += grid.missing(row, column);
                for (long seed : grid.seeds()) {
                    boolean isCompared = column.hasJava() && grid.isReferenceWhole(row, column, seed);
                    cells += column.hasJava() ? 1 : 0;
                    whole += isCompared ? 1 : 0;
                    lessThanWhole +=
                            isCompared && grid.outcome(row, column, seed).missing() > 0 ? 1 : 0;
                }
            }
            text.append(' ').append(missing).append(" |");
        }
        return text.append(String.format(
                        Locale.ROOT,
                        "%n%nOf the %d runs of the stack `java`, %d stand beside a run of libsrt on the same seed that delivered all; of these, %d did not deliver all.%n",
                        cells,
                        whole,
                        lessThanWhole))
                .toString();
    }

    /** Each run that libsrt's own beside it surpasses, with what is known of it. */
    private static String misses(LossGrid grid) {
        StringBuilder text = new StringBuilder();
        for (Row row : grid.rows()) {
            for (long seed : grid.seeds()) {
                for (Column column : Column.values()) {
                    Outcome outcome = grid.outcome(row, column, seed);
                    if (column.hasJava() && grid.isReferenceWhole(row, column, seed) && outcome.missing() > 0) {
                        text.append(String.format(
                                Locale.ROOT,
                                "%n- %s, %s, %s, seed %d: %s; discarded at the ends' sockets %d; the relay was up to %d ms late",
                                row.place(),
                                row.keyBits() == 0 ? "plain" : "AES-" + row.keyBits(),
                                column.name().toLowerCase(Locale.ROOT).replace('_', ' '),
                                seed,
                                outcome.account(),
                                outcome.drops(),
                                outcome.latestMs()));
                    }
                }
            }
        }
        return text.isEmpty() ? "" : text.append('\n').toString();
    }
}
