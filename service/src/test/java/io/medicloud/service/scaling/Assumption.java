// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.scaling;

/** What was not measured, but chosen: each by a name that the page's formulas use. */
enum Assumption {
    BIT_RATE("rate", 8, "Mbit/s of a stream", "the load of the measurements"),
    SEGMENT("segment", 10, "s", "`segment.duration`"),
    OVERHEAD(
            "overhead", 1.1, "of the stream's bits on the wire", "headers, and what SRT sends again on a fair network"),
    CORES("cores", 16, "of a node", "**nothing was measured on more than two**"),
    USE("use", 0.6, "of a node's means, at the most", "bursts, and the streams of nodes that died"),
    NIC("nic", 25, "Gbit/s of a node, each way", ""),
    MEMORY("memory", 64, "GiB of a node", ""),
    FORCED("forced", 5000, "forced writes (fsync) a second of a node's disk", "local SSD; not measured"),
    SPARE("spare", 0.05, "of a cell's nodes, at least one, do nothing", "see below"),
    BUCKET_WRITES("bucketWrites", 2000, "writes a second to a replicated key-value bucket", "not measured"),
    BUCKET_NEWS("bucketNews", 100_000, "messages a second to those who watch it", "not measured"),
    VISITS(
            "visits",
            1_000_000,
            "entries a node looks at in a second",
            "a tenth of a core at 100 ns each; not measured"),
    EVENTS("events", 10_000, "messages a second into one replicated stream", "not measured"),
    PUTS("puts", 3500, "PUT a second to one partition of a bucket", "what AWS says of S3"),
    LINE("line", 380, "bytes of a line in `segments.jsonl`", "what `SegmentLines` writes"),
    LINES(
            "lines",
            2000,
            "lines, of which `segments.jsonl` has at the most",
            "`Manifest`; a stream that has run for long"),
    OUTAGE("outage", 2, "hours without a store that the spools survive", ""),
    KEPT("kept", 7, "days that segments stay in the bucket", ""),
    NODE_PRICE("nodePrice", 500, "a month for a node", "a price of the kind that clouds ask; put in yours"),
    PUT_PRICE("putPrice", 5, "for a million PUT", "the same"),
    STORE_PRICE("storePrice", 23, "a month for a TB in the bucket", "the same");

    private final String label;
    private final double value;
    private final String unit;
    private final String reason;

    Assumption(String label, double value, String unit, String reason) {
        this.label = label;
        this.value = value;
        this.unit = unit;
        this.reason = reason;
    }

    String label() {
        return label;
    }

    double value() {
        return value;
    }

    String unit() {
        return unit;
    }

    String reason() {
        return reason;
    }
}
