// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.cluster;

import io.nats.client.Connection;
import io.nats.client.Consumer;
import io.nats.client.ErrorListener;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the client of NATS has to say: into our log, not onto standard error. */
final class NatsNoise implements ErrorListener {
    private static final Logger LOG = LoggerFactory.getLogger(NatsNoise.class);

    @Override
    public void errorOccurred(Connection connection, String error) {
        LOG.warn("NATS: {}", NatsLink.shown(error));
    }

    @Override
    public void exceptionOccurred(Connection connection, Exception exception) {
        LOG.debug("NATS: {}", NatsLink.shown(exception.toString()));
    }

    @Override
    public void slowConsumerDetected(Connection connection, Consumer consumer) {
        LOG.warn("NATS: this node is too slow for what it is told");
    }
}
