// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.scaling;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.function.LongFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The tables of docs/scaling.md, between lines that name them. */
final class ScalingPage {
    static final long[] SIZES = {100, 10_000, 1_000_000};

    private static final Pattern TABLE = Pattern.compile("(?s)(<!-- table: (\\w+) -->\\n).*?(<!-- end -->)");
    private static final int YEARS = 2000;
    private static final long SEED = 8;

    private final ScalingModel model = ScalingModel.asMeasured();
    private final ScalingModel parts = ScalingModel.ofParts();

    /** The page with its tables as they are to be. */
    String write(String page) {
        Map<String, List<String>> tables = tables();
        return TABLE.matcher(page).replaceAll(found -> {
            List<String> table = tables.remove(found.group(2));
            if (table == null) {
                throw new IllegalStateException("no table, or twice: " + found.group(2));
            }
            return Matcher.quoteReplacement(found.group(1) + String.join("\n", table) + "\n" + found.group(3));
        });
    }

    Map<String, List<String>> tables() {
        Map<String, List<String>> tables = new LinkedHashMap<>();
        tables.put("assumptions", assumptions());
        tables.put("node", node());
        tables.put("needs", needs());
        tables.put("strains", strains());
        tables.put("lists", lists());
        tables.put("spare", spare());
        tables.put("cost", cost());
        return tables;
    }

    private static List<String> assumptions() {
        List<String> rows = head("name", "value", "of what", "why");
        for (Assumption assumption : Assumption.values()) {
            rows.add(row(
                    "`" + assumption.label() + "`", plain(assumption.value()), assumption.unit(), assumption.reason()));
        }
        return rows;
    }

    private List<String> node() {
        List<String> rows = head("by its", "streams, as measured", "streams, receiving and cutting alone");
        parts.streamsByMeans()
                .forEach((means, streams) ->
                        rows.add(row(means, whole(model.streamsByMeans().get(means)), whole(streams))));
        rows.add(row("**least**", bold(model.streamsOfANode()), bold(parts.streamsOfANode())));
        rows.add(row("cores of a stream", three(model.coresOfAStream()), three(parts.coresOfAStream())));
        rows.add(row("nodes of a cell at the most", whole(model.nodesOfACell()), whole(parts.nodesOfACell())));
        rows.add(row("streams of a cell at the most", whole(model.streamsOfACell()), whole(parts.streamsOfACell())));
        return rows;
    }

    private List<String> needs() {
        List<String> rows = sizes("what");
        rows.add(bySize("nodes, spare ones among them", streams -> whole(model.nodes(streams))));
        rows.add(bySize("cells", streams -> whole(model.cells(streams))));
        rows.add(bySize("nodes, if receiving and cutting were all", streams -> whole(parts.nodes(streams))));
        rows.add(bySize("network in, Gbit/s", streams -> two(model.gigabitsIn(streams))));
        rows.add(bySize("network to the store, Gbit/s", streams -> two(model.gigabitsOut(streams))));
        rows.add(bySize("PUT a second", streams -> whole(model.puts(streams))));
        rows.add(bySize("events a second", streams -> whole(model.events(streams))));
        rows.add(bySize("writes a second to a cell's bucket", this::cellWrites));
        rows.add(bySize("messages a second of a cell's bucket to its nodes", this::cellNews));
        rows.add(bySize("forced writes a second, of all nodes", streams -> whole(streams * model.forcedWrites())));
        rows.add(bySize("spools, TB", streams -> two(model.spool(streams))));
        rows.add(bySize("stored in a day, TB", streams -> two(model.terabytesADay(streams))));
        return rows;
    }

    private String cellWrites(long streams) {
        long cells = model.cells(streams);
        return whole(model.bucketWrites(streams / cells, model.nodes(streams) / cells));
    }

    private String cellNews(long streams) {
        long cells = model.cells(streams);
        return whole(model.bucketNews(streams / cells, model.nodes(streams) / cells));
    }

    private List<String> strains() {
        List<String> rows = sizes("load by limit, nothing divided");
        for (String what : model.strains(1).keySet()) {
            rows.add(bySize(what, streams -> strain(model.strains(streams).get(what))));
        }
        return rows;
    }

    private static List<String> lists() {
        double[] seconds = {2, 6, 10};
        List<String> rows = head("lists by segments, bytes", "2 s", "6 s", "10 s");
        for (double megabits : new double[] {1, 4, 8, 20}) {
            List<String> cells = new ArrayList<>(List.of(plain(megabits) + " Mbit/s"));
            for (double length : seconds) {
                cells.add(two(ScalingModel.listShare(megabits, length)));
            }
            rows.add(row(cells.toArray(String[]::new)));
        }
        return rows;
    }

    private List<String> spare() {
        long nodes = model.nodesOfACell();
        List<String> rows = head("spare nodes of " + nodes, "hours a year without a place for all");
        for (long spare : new long[] {0, 1, 2, ScalingModel.spare(nodes)}) {
            rows.add(row(whole(spare), two(outcome(nodes, spare).fullHours())));
        }
        rows.add(row("deaths a year", whole(outcome(nodes, 1).deaths())));
        return rows;
    }

    static SpareSimulation.Outcome outcome(long nodes, long spare) {
        return SpareSimulation.run(nodes, spare, YEARS, new Random(SEED));
    }

    private List<String> cost() {
        List<String> rows = sizes("a month");
        rows.add(bySize("nodes", streams -> whole(model.nodeCost(streams))));
        rows.add(bySize("PUT", streams -> whole(model.putCost(streams))));
        rows.add(bySize("kept", streams -> whole(model.storeCost(streams))));
        rows.add(bySize(
                "a stream",
                streams ->
                        two((model.nodeCost(streams) + model.putCost(streams) + model.storeCost(streams)) / streams)));
        return rows;
    }

    private static List<String> sizes(String what) {
        List<String> head = new ArrayList<>(List.of(what));
        for (long size : SIZES) {
            head.add(whole(size) + " streams");
        }
        return head(head.toArray(String[]::new));
    }

    private static String bySize(String what, LongFunction<String> value) {
        List<String> cells = new ArrayList<>(List.of(what));
        for (long size : SIZES) {
            cells.add(value.apply(size));
        }
        return row(cells.toArray(String[]::new));
    }

    private static List<String> head(String... cells) {
        return new ArrayList<>(List.of(row(cells), "|" + "---|".repeat(cells.length)));
    }

    private static String row(String... cells) {
        return "| " + String.join(" | ", cells) + " |";
    }

    private static String strain(double value) {
        return value > 1 ? "**" + two(value) + "**" : two(value);
    }

    private static String bold(long value) {
        return "**" + whole(value) + "**";
    }

    private static String whole(double value) {
        return whole(Math.round(value));
    }

    private static String whole(long value) {
        return String.format(Locale.ROOT, "%,d", value);
    }

    private static String two(double value) {
        return value >= 100 ? whole(value) : String.format(Locale.ROOT, "%.2f", value);
    }

    private static String three(double value) {
        return String.format(Locale.ROOT, "%.4f", value);
    }

    private static String plain(double value) {
        return value == Math.rint(value) ? whole(value) : String.valueOf(value);
    }
}
