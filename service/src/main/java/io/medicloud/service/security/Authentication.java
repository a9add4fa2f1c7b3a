// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.security;

import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.server.DecoratingHttpServiceFunction;
import com.linecorp.armeria.server.HttpService;
import com.linecorp.armeria.server.ServiceRequestContext;
import io.medicloud.service.security.JwtVerifier.Verdict;
import io.netty.util.AttributeKey;
import java.nio.charset.StandardCharsets;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Base64;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import javax.naming.InvalidNameException;
import javax.naming.ldap.LdapName;
import javax.naming.ldap.Rdn;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/**
 * Finds out who calls: by {@code Authorization: Bearer TOKEN}, by {@code Basic} with the token as password, which browsers can, or by the client's certificate. A token is one of
 * the access file or, if it is none, one that an issuer has signed. Refuses nothing itself: {@link #caller} tells those that answer. For both faces; thread-safe.
 */
public final class Authentication implements DecoratingHttpServiceFunction {
    private static final AttributeKey<Identity> CALLER = AttributeKey.valueOf(Authentication.class, "CALLER");
    private static final AttributeKey<Instant> UNTIL = AttributeKey.valueOf(Authentication.class, "UNTIL");
    private static final AttributeKey<BooleanSupplier> PROOF = AttributeKey.valueOf(Authentication.class, "PROOF");
    private static final AttributeKey<Long> WAIT_NS = AttributeKey.valueOf(Authentication.class, "WAIT_NS");
    private static final AttributeKey<String> FAULT = AttributeKey.valueOf(Authentication.class, "FAULT");
    private static final String NOBODY =
            "missing or unknown; send 'Authorization: Bearer TOKEN', or a client certificate";
    private static final String BEARER = "bearer ";
    private static final String BASIC = "basic ";
    /** Longer than any token, and short enough to be hashed for everybody. */
    private static final int LONGEST = 8192;
    /** Of a request that nobody is known to have made: enough for what everybody may ask, and too little to fill the memory with. */
    private static final int LONGEST_OF_NOBODY = 4096;

    private final Supplier<AccessTable> table;
    private final JwtAuthentication issuers;
    private final ProofLimits proofs;
    private final ProvenTokens proven = new ProvenTokens();

    /**
     * @param table what is in force, asked at each call
     * @param issuers whose tokens count besides
     * @param rate how often a client may call, asked each time
     */
    public Authentication(
            Supplier<AccessTable> table, JwtAuthentication issuers, Supplier<CallRate> rate, LongSupplier nanoClock) {
        this.table = table;
        this.issuers = issuers;
        this.proofs = new ProofLimits(rate, nanoClock);
    }

    @Override
    public HttpResponse serve(HttpService delegate, ServiceRequestContext context, HttpRequest request)
            throws Exception {
        AccessTable now = table.get();
        String authorization = request.headers().get(HttpHeaderNames.AUTHORIZATION);
        String token = authorization == null || authorization.length() > LONGEST ? null : token(authorization);
        // Once, however many look at it: whoever sends tokens without end has the service do no more.
        String sha256 = token == null ? null : AccessTable.sha256(token);
        SSLSession session = context.sslSession();
        String address = ClientAddress.of(context);
        boolean isGuess = sha256 != null && now.isRequired() && !proven.contains(address, sha256);
        // While an address is told to wait no guess of it is tested.
        long untestedNs = isGuess ? proofs.waitNs(address) : 0;
        if (untestedNs > 0) {
            context.setAttr(WAIT_NS, untestedNs);
            context.setMaxRequestLength(LONGEST_OF_NOBODY);
            return delegate.serve(context, request);
        }
        Identity caller = identify(now, sha256, session);
        if (caller != null) {
            if (isGuess && sha256 != null) {
                proven.add(address, sha256);
            }
            context.setAttr(CALLER, caller);
            context.setAttr(PROOF, () -> caller.equals(identify(table.get(), sha256, session)));
            return delegate.serve(context, request);
        }
        if (token == null) {
            context.setMaxRequestLength(LONGEST_OF_NOBODY);
            return delegate.serve(context, request);
        }
        boolean isSigned = issuers.isOn() && JwtVerifier.isJwt(token);
        long waitNs = isSigned ? proofs.take(address) : proofs.onFailed(address);
        if (waitNs > 0) {
            context.setAttr(WAIT_NS, waitNs);
        }
        if (waitNs > 0 || !isSigned) {
            context.setMaxRequestLength(LONGEST_OF_NOBODY);
            return delegate.serve(context, request);
        }
        CompletableFuture<Verdict> verdict = issuers.verify(token).toCompletableFuture();
        if (verdict.isDone()) {
            take(context, address, token, verdict.join());
            return delegate.serve(context, request);
        }
        return HttpResponse.of(verdict.thenApplyAsync(
                found -> {
                    take(context, address, token, found);
                    try {
                        return delegate.serve(context, request);
                    } catch (Exception e) {
                        return HttpResponse.ofFailure(e);
                    }
                },
                context.eventLoop()));
    }

    private void take(ServiceRequestContext context, String address, String token, Verdict verdict) {
        if (verdict instanceof Verdict.Known known) {
            context.setAttr(CALLER, known.identity());
            context.setAttr(UNTIL, known.until());
            context.setAttr(PROOF, issuers.proof(token, known.identity()));
            return;
        }
        long unused = proofs.onFailed(address);
        context.setMaxRequestLength(LONGEST_OF_NOBODY);
        if (verdict instanceof Verdict.Refused refused) {
            context.setAttr(FAULT, refused.why());
        }
    }

    /** Who made a request; null if that is not known, and must be. */
    public static @Nullable Identity caller(ServiceRequestContext context) {
        return context.attr(CALLER);
    }

    /** Until when it is proven who made a request; null for as long as the request lasts. */
    public static @Nullable Instant until(ServiceRequestContext context) {
        return context.attr(UNTIL);
    }

    /** Whether what proved who made a request would do so now. */
    static boolean isStillProven(ServiceRequestContext context) {
        BooleanSupplier proof = context.attr(PROOF);
        return proof == null || proof.getAsBoolean();
    }

    /** Counts a signed address that was wrong. 0, or how many nanoseconds that client's address has to wait, which was wrong so often. */
    public long onWrongSignature(ServiceRequestContext context) {
        return proofs.onWrongSignature(ClientAddress.of(context));
    }

    /** How many nanoseconds to wait before a token is looked at that was not, for others that came from that address; 0 if that is not so. */
    public static long waitNs(ServiceRequestContext context) {
        Long wait = context.attr(WAIT_NS);
        return wait == null ? 0 : wait;
    }

    /** Why it is not known who made a request. */
    public static String fault(ServiceRequestContext context) {
        String fault = context.attr(FAULT);
        return "authorization: " + (fault == null ? NOBODY : fault);
    }

    private static @Nullable Identity identify(AccessTable now, @Nullable String sha256, @Nullable SSLSession session) {
        if (!now.isRequired()) {
            return Identity.ANYBODY;
        }
        if (sha256 != null) {
            return now.byToken(sha256);
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

    /** The chain was verified when the connection was made, which may be long ago; an end that has come since counts. */
    private static @Nullable String commonName(SSLSession session) {
        try {
            if (!(session.getPeerCertificates()[0] instanceof X509Certificate certificate)) {
                return null;
            }
            certificate.checkValidity();
            for (Rdn part : new LdapName(certificate.getSubjectX500Principal().getName()).getRdns()) {
                if (part.getType().equalsIgnoreCase("CN")) {
                    return String.valueOf(part.getValue());
                }
            }
            return null;
        } catch (SSLPeerUnverifiedException | InvalidNameException | CertificateException e) {
            return null;
        }
    }
}
