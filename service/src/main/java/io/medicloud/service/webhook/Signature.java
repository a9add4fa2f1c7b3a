// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.webhook;

import io.medicloud.service.config.Secret;
import io.medicloud.service.security.Hmac;

/** Proves to a webhook that a request is ours: HMAC-SHA-256 (RFC 2104) of the time, a full stop, and the body. */
final class Signature {
    private Signature() {}

    /** {@code t=1700000000,v1=HEX}: the time is in it, so that an old request cannot be sent again unseen. */
    static String of(Secret key, long atSeconds, byte[] body) {
        return "t=" + atSeconds + ",v1=" + Hmac.hex(key.reveal(), atSeconds, body);
    }
}
