// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.config;

import java.time.Duration;
import java.util.List;

/**
 * Whether this is one node of many, and how they find each other.
 *
 * @param nats the servers of NATS, joined by commas; empty: it is alone
 * @param name of the cluster: nodes of one name share their streams
 * @param node what this node is called; empty: as its machine is
 * @param advertise where the others reach its gRPC face; empty: where that listens
 * @param lease how long a node that is not heard of keeps its streams
 * @param replicas on how many servers of NATS what is shared is kept
 */
public record ClusterConfig(Secret nats, String name, String node, String advertise, Duration lease, int replicas) {
    /** Is it one of many? */
    public boolean isSet() {
        return !nats.isEmpty();
    }

    /** The servers' addresses; secret. */
    public List<String> servers() {
        return Values.names(nats.reveal());
    }
}
