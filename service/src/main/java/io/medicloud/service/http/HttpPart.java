// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.http;

import com.linecorp.armeria.server.ServerBuilder;

/** Something that the HTTP face serves. */
public interface HttpPart {
    /** Adds its paths. */
    void addTo(ServerBuilder server);
}
