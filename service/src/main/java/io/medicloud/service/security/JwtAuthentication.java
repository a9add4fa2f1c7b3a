// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.security;

import com.nimbusds.jose.jwk.JWKSet;
import io.medicloud.service.security.JwtVerifier.Verdict;
import java.time.InstantSource;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Finds out who calls by a JSON Web Token. Answers at once, unless the issuer must be asked for its keys. Thread-safe. */
public final class JwtAuthentication {
    private static final String UNKNOWN_KEY = "the token's key is none of its issuer's";

    private final Supplier<@Nullable JwtRules> rules;
    private final InstantSource clock;
    private volatile @Nullable JwtKeys keys;

    /** @param rules what is in force, asked at each call; null for none */
    public JwtAuthentication(Supplier<@Nullable JwtRules> rules, InstantSource clock) {
        this.rules = rules;
        this.clock = clock;
        JwtRules first = rules.get();
        if (first != null) {
            // The first caller need not wait for them.
            keysAt(first.keys()).known();
        }
    }

    /** Whether such tokens are taken. */
    boolean isOn() {
        return rules.get() != null;
    }

    /** What is found; never fails. */
    CompletionStage<Verdict> verify(String token) {
        JwtRules now = rules.get();
        if (now == null) {
            return CompletableFuture.completedFuture(new Verdict.Refused("no tokens of issuers are taken here"));
        }
        JwtKeys from = keysAt(now.keys());
        Verdict first = JwtVerifier.verify(token, from.known(), now, clock.instant());
        if (!(first instanceof Verdict.UnknownKey)) {
            return CompletableFuture.completedFuture(first);
        }
        return from.refresh().thenApply(done -> {
            Verdict second = JwtVerifier.verify(token, from.held(), now, clock.instant());
            return second instanceof Verdict.UnknownKey ? new Verdict.Refused(UNKNOWN_KEY) : second;
        });
    }

    /** Tells, each time it is asked, whether a token is still good for somebody; what has not changed is not verified again. */
    BooleanSupplier proof(String token, Identity whose) {
        return new BooleanSupplier() {
            private @Nullable JwtRules judgedBy;
            private @Nullable JWKSet judgedWith;
            private boolean isGood = true;

            @Override
            public synchronized boolean getAsBoolean() {
                JwtRules now = rules.get();
                if (now == null) {
                    return false;
                }
                JwtKeys from = keysAt(now.keys());
                JWKSet known = from.known();
                if (!from.isFetched()) {
                    // They are looked for elsewhere now; nothing was withdrawn by that.
                    return isGood;
                }
                if (!known.equals(judgedWith) || !now.equals(judgedBy)) {
                    judgedBy = now;
                    judgedWith = known;
                    isGood = JwtVerifier.verify(token, known, now, clock.instant()) instanceof Verdict.Known still
                            && still.identity().equals(whose);
                }
                return isGood;
            }
        };
    }

    private synchronized JwtKeys keysAt(String place) {
        JwtKeys last = keys;
        if (last == null || !last.place().equals(place)) {
            last = new JwtKeys(place, clock);
            keys = last;
        }
        return last;
    }
}
