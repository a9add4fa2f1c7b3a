// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.cluster;

import io.medicloud.pipeline.store.ObjectKeys;

/**
 * The bucket's keys. They are subjects of NATS below, where a dot parts tokens and no token is empty, so a name's own dots are
 * written {@code =2E}.
 */
final class BucketKeys {
    private static final String NODE = "node.";
    private static final String STREAM = "stream.";
    private static final String DOT = "=2E";

    private BucketKeys() {}

    static String ofNode(String nodeId) {
        return NODE + ObjectKeys.requireName("a node id", nodeId).replace(".", DOT);
    }

    static String ofStream(String liveId) {
        return STREAM + ObjectKeys.requireName("live_id", liveId).replace(".", DOT);
    }

    static boolean isNode(String key) {
        return key.startsWith(NODE);
    }

    static boolean isStream(String key) {
        return key.startsWith(STREAM);
    }
}
