// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.config;

import io.medicloud.service.security.JwtRules;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** What of a sound configuration works and should not stay so. */
final class Cautions {
    private final List<String> lines = new ArrayList<>();

    private Cautions() {}

    /**
     * One line for each.
     *
     * @param secret files that secrets were read from
     */
    static List<String> of(ServiceConfig config, Set<Path> secret) {
        Cautions found = new Cautions();
        secret.forEach(found::lookAt);
        JwtRules jwt = config.security().jwt();
        if (jwt != null && jwt.issuer().isEmpty()) {
            found.lines.add("jwt.issuer: empty: every token counts that one of jwt.keys has signed, whoever it is of");
        }
        if (jwt != null && jwt.audiences().isEmpty()) {
            found.lines.add("jwt.audience: empty: tokens count that were made for other services");
        }
        found.lookAt(config.store());
        found.lookAt(config.cluster());
        return List.copyOf(found.lines);
    }

    /** The group's right is none of it: containers are given files so. */
    private void lookAt(Path file) {
        try {
            if (Files.getPosixFilePermissions(file).contains(PosixFilePermission.OTHERS_READ)) {
                lines.add(file + ": holds secrets, and every user of this machine can read it; chmod o-r it");
            }
        } catch (IOException | UnsupportedOperationException e) {
            return; // a file system without such permissions, or a file that is gone
        }
    }

    private void lookAt(StoreConfig store) {
        if (!store.isEmbedded() && store.endpoint().startsWith("http://") && !isOwn(URI.create(store.endpoint()))) {
            lines.add("store.endpoint: " + store.endpoint()
                    + " is not encrypted: whoever is on the way can read the media");
        }
    }

    private void lookAt(ClusterConfig cluster) {
        for (String server : cluster.servers()) {
            URI address = URI.create(server);
            if (isOwn(address)) {
                continue;
            }
            if (server.startsWith("nats://")) {
                lines.add("cluster.nats: " + address.getHost()
                        + " is not encrypted: whoever is on the way can read and change what nodes share");
            }
            if (address.getRawUserInfo() == null) {
                lines.add(
                        "cluster.nats: " + address.getHost()
                                + " is told no user: whoever else it takes without one can stop streams, and be taken for a node");
            }
        }
    }

    /** By its text: the configuration is read each second, and names are not looked up for that. */
    private static boolean isOwn(URI address) {
        String host = address.getHost();
        return host == null || host.equals("localhost") || host.startsWith("127.") || host.equals("[::1]");
    }
}
