// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.security;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSVerifier;
import com.nimbusds.jose.crypto.impl.EdDSAProvider;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.OctetKeyPair;
import com.nimbusds.jose.util.Base64URL;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.Signature;
import java.security.SignatureException;
import java.security.spec.EdECPoint;
import java.security.spec.EdECPublicKeySpec;
import java.security.spec.NamedParameterSpec;

/** Checks Ed25519 signatures (RFC 8037) with the JDK, so that the library needs no other for them. */
final class Ed25519JdkVerifier extends EdDSAProvider implements JWSVerifier {
    private static final String NAME = "Ed25519";
    private static final int KEY_BYTES = 32;

    private final PublicKey key;

    /** @throws JOSEException if it is no key of Ed25519 */
    Ed25519JdkVerifier(OctetKeyPair key) throws JOSEException {
        byte[] bytes = key.getDecodedX();
        if (!Curve.Ed25519.equals(key.getCurve()) || bytes.length != KEY_BYTES) {
            throw new JOSEException("no key of Ed25519");
        }
        try {
            this.key = KeyFactory.getInstance(NAME)
                    .generatePublic(new EdECPublicKeySpec(NamedParameterSpec.ED25519, point(bytes)));
        } catch (GeneralSecurityException e) {
            throw new JOSEException("no key of Ed25519", e);
        }
    }

    /** Little-endian, with the sign of x in the last bit (RFC 8032, 5.1.2). */
    private static EdECPoint point(byte[] littleEndian) {
        byte[] y = new byte[KEY_BYTES];
        for (int i = 0; i < KEY_BYTES; i++) {
            y[i] = littleEndian[KEY_BYTES - 1 - i];
        }
        boolean isXOdd = y[0] < 0;
        y[0] &= 0x7F;
        return new EdECPoint(isXOdd, new BigInteger(1, y));
    }

    @Override
    public boolean verify(JWSHeader header, byte[] signingInput, Base64URL signature) throws JOSEException {
        try {
            Signature check = Signature.getInstance(NAME);
            check.initVerify(key);
            check.update(signingInput);
            return check.verify(signature.decode());
        } catch (SignatureException e) {
            return false; // not of a signature's form
        } catch (GeneralSecurityException e) {
            throw new JOSEException("Ed25519 cannot be used", e);
        }
    }
}
