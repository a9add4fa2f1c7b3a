// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.webhook;

import io.medicloud.service.config.Secret;
import java.nio.charset.StandardCharsets;
import java.security.InvalidKeyException;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Proves to a webhook that a request is ours: HMAC-SHA-256 (RFC 2104) of the time, a full stop, and the body. */
final class Signature {
    private static final String ALGORITHM = "HmacSHA256";

    private Signature() {}

    /** {@code t=1700000000,v1=HEX}: the time is in it, so that an old request cannot be sent again unseen. */
    static String of(Secret key, long atSeconds, byte[] body) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(new SecretKeySpec(key.reveal().getBytes(StandardCharsets.UTF_8), ALGORITHM));
            mac.update((atSeconds + ".").getBytes(StandardCharsets.US_ASCII));
            return "t=" + atSeconds + ",v1=" + HexFormat.of().formatHex(mac.doFinal(body));
        } catch (NoSuchAlgorithmException | InvalidKeyException e) {
            throw new IllegalStateException("every Java has " + ALGORITHM, e);
        }
    }
}
