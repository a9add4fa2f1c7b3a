// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.config;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;

/** What can be set where many nodes are one service. */
final class ClusterSchema {
    static final SettingGroup ALL = new SettingGroup();

    private static final Pattern SERVER = Pattern.compile("(nats|tls)://[^\\s,/]{1,512}");
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_-]{1,32}");
    private static final Pattern NODE = Pattern.compile("|[A-Za-z0-9_-][A-Za-z0-9._-]{0,63}");
    private static final Pattern ADDRESS = Pattern.compile("|[A-Za-z0-9._\\[\\]:-]{1,253}:[0-9]{1,5}");

    static final Setting<Secret> NATS = ALL.old(
            "cluster.nats",
            "the servers of NATS (JetStream) by which nodes share their streams ([many-nodes.md](many-nodes.md)); empty: this node is alone. All nodes have one `security.recordKey`",
            "",
            "addresses such as nats://10.0.0.1:4222, or tls://…, with user and password if need be, joined by commas",
            ClusterSchema::servers,
            null,
            true);
    static final Setting<String> NAME_OF_ALL = ALL.add(
            "cluster.name",
            "nodes with one name, and the servers of NATS, are one service",
            "medicloud",
            "1 to 32 of A-Z a-z 0-9 _ -",
            text -> Values.matching(NAME, text));
    static final Setting<String> NODE_NAME = ALL.add(
            "cluster.node",
            "what this node is called from its first start on; empty: as its machine is. That, and an ending, is kept in `cacheDir`: a node is its disk",
            "",
            "up to 64 of A-Z a-z 0-9 . _ -",
            text -> Values.matching(NODE, text));
    static final Setting<String> ADVERTISE = ALL.add(
            "cluster.advertise",
            "where other nodes reach this one's gRPC; empty: `grpc.host` and its port",
            "",
            "a host and a port such as 10.0.0.5:50051",
            text -> Values.matching(ADDRESS, text));
    static final Setting<Duration> LEASE = ALL.duration(
            "cluster.lease",
            "how long a node that is not heard of keeps its streams, the same for all nodes; a shorter one moves streams sooner, and stops them all sooner when NATS does not answer",
            "8s",
            "3s",
            "5m");
    static final Setting<Integer> REPLICAS = ALL.add(
            "cluster.replicas",
            "on how many servers of NATS what is shared is kept, when it is made",
            "3",
            "1, 3 or 5",
            text -> Integer.parseInt(Values.oneOf(List.of("1", "3", "5"), text)));

    private ClusterSchema() {}

    private static Secret servers(String text) {
        for (String server : Values.names(text)) {
            var unused = URI.create(Values.matching(SERVER, server));
        }
        return Secret.of(text);
    }
}
