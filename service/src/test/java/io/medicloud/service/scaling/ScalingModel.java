// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.scaling;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/** How much of what many streams need: arithmetic on what was measured and what is assumed, see docs/scaling.md. */
final class ScalingModel {
    static final double SECONDS_A_DAY = 86_400;
    static final double DAYS_A_MONTH = 30;

    /** Segment, list of segments, playlists of the hour and of what is live, index, picture. */
    static final int PUTS_A_SEGMENT = 6;

    /** Sprite and cues. */
    static final double PUTS_A_MINUTE = 2;

    /** Sealed, uploaded. */
    static final int EVENTS_A_SEGMENT = 2;

    /** The file, its facts, the folder. */
    static final int FORCED_A_SEGMENT = 3;

    /** What was written of an open segment. */
    static final double FORCED_A_SECOND = 1;

    /** An owner reserves four numbers when two are left. */
    static final double SEGMENTS_A_RESERVATION = 2;

    static final double HEARTBEATS_A_SECOND = 1;
    static final double TICKS_A_SECOND = 10;

    private final double coresOfAStream;

    private ScalingModel(double coresOfAStream) {
        this.coresOfAStream = coresOfAStream;
    }

    /** By what the whole service took, from a cold start, with its store in the same process. */
    static ScalingModel asMeasured() {
        double cpu = Measured.SERVICE.figures().get(0);
        double seconds = Measured.SERVICE.figures().get(1);
        return new ScalingModel(cpu / seconds / Measured.STREAMS.figure());
    }

    /** By receiving and cutting alone, warm: less than a service can take. */
    static ScalingModel ofParts() {
        double gigabytes = of(Assumption.BIT_RATE) / 8000;
        return new ScalingModel(gigabytes * (Measured.SRT.figure() + 1 / Measured.CUT.figure()));
    }

    double coresOfAStream() {
        return coresOfAStream;
    }

    /** How many streams each of a node's means is enough for. */
    Map<String, Double> streamsByMeans() {
        double use = of(Assumption.USE);
        double gibibytesOfAStream =
                Measured.MEMORY.figures().get(0) / Measured.MEMORY.figures().get(1);
        Map<String, Double> streams = new LinkedHashMap<>();
        streams.put("processors", of(Assumption.CORES) * use / coresOfAStream);
        streams.put("network, in", of(Assumption.NIC) * 1000 * use / wireRate());
        streams.put("network, out", of(Assumption.NIC) * 1000 * use / (of(Assumption.BIT_RATE) * (1 + listShare())));
        streams.put("forced writes", of(Assumption.FORCED) * use / forcedWrites());
        streams.put("memory", of(Assumption.MEMORY) * use / gibibytesOfAStream);
        return streams;
    }

    long streamsOfANode() {
        return (long) Math.floor(Collections.min(streamsByMeans().values()));
    }

    /** Forced writes of a stream in a second. */
    double forcedWrites() {
        return FORCED_A_SECOND + FORCED_A_SEGMENT / of(Assumption.SEGMENT);
    }

    /** Mbit/s of a stream on the wire. */
    double wireRate() {
        return of(Assumption.BIT_RATE) * of(Assumption.OVERHEAD);
    }

    double puts(long streams) {
        return streams * (PUTS_A_SEGMENT / of(Assumption.SEGMENT) + PUTS_A_MINUTE / 60);
    }

    double events(long streams) {
        return streams * EVENTS_A_SEGMENT / of(Assumption.SEGMENT);
    }

    /** The bytes of lists of segments that are written again and again, for each byte of segments. */
    double listShare() {
        return listShare(of(Assumption.BIT_RATE), of(Assumption.SEGMENT));
    }

    static double listShare(double megabits, double segmentSeconds) {
        double segment = megabits * 1e6 / 8 * segmentSeconds;
        return of(Assumption.LINE) * of(Assumption.LINES) / segment;
    }

    /** What nodes and streams write to their bucket in a second. */
    double bucketWrites(long streams, long nodes) {
        return nodes * HEARTBEATS_A_SECOND + streams / (SEGMENTS_A_RESERVATION * of(Assumption.SEGMENT));
    }

    /** Every node watches all of it. */
    double bucketNews(long streams, long nodes) {
        return bucketWrites(streams, nodes) * nodes;
    }

    /** Every node looks at every stream ten times a second. */
    double visits(long streams, long nodes) {
        return (streams + nodes) * TICKS_A_SECOND;
    }

    /** The most nodes that may share one bucket, those among them that do nothing. */
    long nodesOfACell() {
        long nodes = 2;
        while (fits(nodes + 1)) {
            nodes++;
        }
        return nodes;
    }

    private boolean fits(long nodes) {
        long streams = (nodes - spare(nodes)) * streamsOfANode();
        return bucketWrites(streams, nodes) <= of(Assumption.BUCKET_WRITES)
                && bucketNews(streams, nodes) <= of(Assumption.BUCKET_NEWS)
                && visits(streams, nodes) <= of(Assumption.VISITS)
                && events(streams) <= of(Assumption.EVENTS);
    }

    static long spare(long nodes) {
        return Math.max(1, (long) Math.ceil(nodes * of(Assumption.SPARE)));
    }

    long streamsOfACell() {
        return (nodesOfACell() - spare(nodesOfACell())) * streamsOfANode();
    }

    long cells(long streams) {
        return ceil(streams / (double) streamsOfACell());
    }

    /** Those that do nothing among them. */
    long nodes(long streams) {
        long left = streams;
        long nodes = 0;
        for (long cells = cells(streams); cells > 0; cells--) {
            long share = ceil(left / (double) cells);
            nodes += nodesFor(share);
            left -= share;
        }
        return nodes;
    }

    /** One more than carry them, or as many as leave the spare ones. */
    private long nodesFor(long streams) {
        long working = ceil(streams / (double) streamsOfANode());
        long all = working + 1;
        while (all - spare(all) < working) {
            all++;
        }
        return all;
    }

    /** By how much each limit that all share is passed where nothing is divided: one cell, one partition. Not more than 1 is well. */
    Map<String, Double> strains(long streams) {
        long nodes = nodes(streams);
        Map<String, Double> strains = new LinkedHashMap<>();
        strains.put("one node", streams / (double) streamsOfANode());
        strains.put("the object store: PUT to one partition", puts(streams) / of(Assumption.PUTS));
        strains.put("the cluster's bucket: writes", bucketWrites(streams, nodes) / of(Assumption.BUCKET_WRITES));
        strains.put("the cluster's bucket: news to all nodes", bucketNews(streams, nodes) / of(Assumption.BUCKET_NEWS));
        strains.put("a node: looking at every stream", visits(streams, nodes) / of(Assumption.VISITS));
        strains.put("one stream of events", events(streams) / of(Assumption.EVENTS));
        return strains;
    }

    double gigabitsIn(long streams) {
        return streams * wireRate() / 1000;
    }

    double gigabitsOut(long streams) {
        return streams * of(Assumption.BIT_RATE) * (1 + listShare()) / 1000;
    }

    double terabytesADay(long streams) {
        return streams * of(Assumption.BIT_RATE) / 8 / 1e6 * SECONDS_A_DAY;
    }

    /** TB of all spools together. */
    double spool(long streams) {
        return terabytesADay(streams) / 24 * of(Assumption.OUTAGE);
    }

    double nodeCost(long streams) {
        return nodes(streams) * of(Assumption.NODE_PRICE);
    }

    double putCost(long streams) {
        return puts(streams) * SECONDS_A_DAY * DAYS_A_MONTH / 1e6 * of(Assumption.PUT_PRICE);
    }

    double storeCost(long streams) {
        return terabytesADay(streams) * of(Assumption.KEPT) * of(Assumption.STORE_PRICE);
    }

    static double of(Assumption assumption) {
        return assumption.value();
    }

    private static long ceil(double value) {
        return (long) Math.ceil(value);
    }
}
