// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.grpc;

import com.linecorp.armeria.client.ClientFactory;
import com.linecorp.armeria.client.grpc.GrpcClients;
import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.server.ServiceRequestContext;
import io.grpc.Metadata;
import io.grpc.stub.MetadataUtils;
import io.medicloud.service.cluster.NodeEntry;
import io.medicloud.service.proto.LivestreamGrpc;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** How other nodes are asked: as the caller asked us, by what the caller has proven with, and only once. Thread-safe. */
final class Peers implements AutoCloseable {
    /** A call that has it was passed on, and is not passed on again. */
    static final String PASSED_ON = "medicloud-node";

    private static final Metadata.Key<String> HOP = Metadata.Key.of(PASSED_ON, Metadata.ASCII_STRING_MARSHALLER);
    private static final Metadata.Key<String> PROOF =
            Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);
    private static final int MOST_KNOWN = 1000;

    /** A node that is gone without a word is noticed by that. */
    private static final Duration PING = Duration.ofSeconds(3);

    private final ClientFactory factory = ClientFactory.builder()
            .connectTimeout(Duration.ofSeconds(2))
            .idleTimeout(PING.multipliedBy(4))
            .pingInterval(PING)
            .build();
    private final String scheme;
    private final String nodeId;
    private final Map<String, LivestreamGrpc.LivestreamStub> stubs = new ConcurrentHashMap<>();

    Peers(boolean hasTls, String nodeId) {
        this.scheme = hasTls ? "gproto+https://" : "gproto+http://";
        this.nodeId = nodeId;
    }

    /** Was the call under way passed on by another node? */
    static boolean isPassedOn() {
        ServiceRequestContext context = ServiceRequestContext.currentOrNull();
        return context != null && context.request().headers().contains(PASSED_ON);
    }

    LivestreamGrpc.LivestreamStub of(NodeEntry node) {
        return asCaller(known(node));
    }

    private LivestreamGrpc.LivestreamStub known(NodeEntry node) {
        if (stubs.size() > MOST_KNOWN) {
            stubs.clear();
        }
        return stubs.computeIfAbsent(
                node.facts().address(),
                address -> GrpcClients.builder(scheme + address + "/")
                        .factory(factory)
                        .responseTimeout(Duration.ZERO)
                        .build(LivestreamGrpc.LivestreamStub.class));
    }

    private LivestreamGrpc.LivestreamStub asCaller(LivestreamGrpc.LivestreamStub stub) {
        Metadata headers = new Metadata();
        headers.put(HOP, nodeId);
        String proof = proof();
        if (proof != null) {
            headers.put(PROOF, proof);
        }
        return stub.withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers));
    }

    private static @Nullable String proof() {
        ServiceRequestContext context = ServiceRequestContext.currentOrNull();
        return context == null ? null : context.request().headers().get(HttpHeaderNames.AUTHORIZATION);
    }

    @Override
    public void close() {
        factory.close();
    }
}
