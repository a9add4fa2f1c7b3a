// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.config;

import io.medicloud.service.security.AccessTable;
import io.medicloud.service.security.CallRate;
import io.medicloud.service.security.CallerRules;
import io.medicloud.service.security.ConnectionRules;
import io.medicloud.service.security.JwtRules;
import io.medicloud.service.security.PullTargets;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Who may call the control faces, and how they are encrypted.
 *
 * @param jwt which tokens of issuers count besides; null for none
 * @param tls null for none
 * @param pullTargets whom a stream's source_url may name
 * @param callRate how often one client may call
 * @param connections how many of clients there may be
 * @param callers who may call over SRT
 */
public record SecurityConfig(
        AccessTable access,
        @Nullable JwtRules jwt,
        @Nullable Tls tls,
        PullTargets pullTargets,
        CallRate callRate,
        ConnectionRules connections,
        CallerRules callers) {
    /** What is in force after another was read: of that one, whatever needs no restart. */
    SecurityConfig withLive(SecurityConfig next) {
        return new SecurityConfig(
                next.access, next.jwt, tls, next.pullTargets, next.callRate, next.connections, next.callers);
    }

    /**
     * Files in PEM. The certificate and its key are read again when they change, the authorities at the next start.
     *
     * @param certificate the chain, the server's own first
     * @param clientCa of whom clients' certificates must be; null if none are asked for
     */
    public record Tls(Path certificate, Path key, @Nullable Path clientCa) {}
}
