// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.security;

import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.server.DecoratingHttpServiceFunction;
import com.linecorp.armeria.server.HttpService;
import com.linecorp.armeria.server.ServiceRequestContext;
import io.netty.util.AttributeKey;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.Locale;
import java.util.function.Supplier;
import javax.naming.InvalidNameException;
import javax.naming.ldap.LdapName;
import javax.naming.ldap.Rdn;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/**
 * Finds out who calls: by {@code Authorization: Bearer TOKEN}, by {@code Basic} with the token as password, which browsers can, or by the client's certificate. Refuses nothing
 * itself: {@link #caller} tells those that answer. For both faces; thread-safe.
 */
public final class Authentication implements DecoratingHttpServiceFunction {
    private static final AttributeKey<Identity> CALLER = AttributeKey.valueOf(Authentication.class, "CALLER");
    private static final String BEARER = "bearer ";
    private static final String BASIC = "basic ";
    /** Longer than any token, and short enough to be hashed for everybody. */
    private static final int LONGEST = 8192;

    private final Supplier<AccessTable> table;

    /** @param table what is in force, asked at each call */
    public Authentication(Supplier<AccessTable> table) {
        this.table = table;
    }

    @Override
    public HttpResponse serve(HttpService delegate, ServiceRequestContext context, HttpRequest request)
            throws Exception {
        Identity caller = identify(request.headers().get(HttpHeaderNames.AUTHORIZATION), context.sslSession());
        if (caller != null) {
            context.setAttr(CALLER, caller);
        }
        return delegate.serve(context, request);
    }

    /** Who made a request; null if that is not known, and must be. */
    public static @Nullable Identity caller(ServiceRequestContext context) {
        return context.attr(CALLER);
    }

    /** Who that is; null if the credentials are missing or wrong. */
    @Nullable
    Identity identify(@Nullable String authorization, @Nullable SSLSession session) {
        AccessTable now = table.get();
        if (!now.isRequired()) {
            return Identity.ANYBODY;
        }
        String token = authorization == null || authorization.length() > LONGEST ? null : token(authorization);
        if (token != null) {
            return now.byToken(token);
        }
        String name = session == null ? null : commonName(session);
        return name == null ? null : now.byCommonName(name);
    }

    private static @Nullable String token(String authorization) {
        String scheme = authorization.toLowerCase(Locale.ROOT);
        if (scheme.startsWith(BEARER)) {
            return authorization.substring(BEARER.length()).strip();
        }
        if (!scheme.startsWith(BASIC)) {
            return null;
        }
        try {
            String pair = new String(
                    Base64.getDecoder()
                            .decode(authorization.substring(BASIC.length()).strip()),
                    StandardCharsets.UTF_8);
            return pair.substring(pair.indexOf(':') + 1);
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    /** The chain was verified when the connection was made. */
    private static @Nullable String commonName(SSLSession session) {
        try {
            if (!(session.getPeerCertificates()[0] instanceof X509Certificate certificate)) {
                return null;
            }
            for (Rdn part : new LdapName(certificate.getSubjectX500Principal().getName()).getRdns()) {
                if (part.getType().equalsIgnoreCase("CN")) {
                    return String.valueOf(part.getValue());
                }
            }
            return null;
        } catch (SSLPeerUnverifiedException | InvalidNameException e) {
            return null;
        }
    }
}
