// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.http;

import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.common.ResponseHeaders;
import com.linecorp.armeria.server.HttpService;
import com.linecorp.armeria.server.ServiceRequestContext;
import io.medicloud.service.config.PlaybackConfig;
import io.medicloud.service.config.Secret;
import io.medicloud.service.security.Authentication;
import io.medicloud.service.security.Hmac;
import io.medicloud.service.security.Identity;
import io.medicloud.service.security.OwnPages;
import io.medicloud.service.security.PageGuard;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Instant;
import java.time.InstantSource;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * Addresses that are good for a while. With {@code playback.secret} set, what is below {@code /hls/LIVE_ID/} and {@code /thumb/LIVE_ID/} is given only to those whose address ends
 * in {@code expires=SECONDS&signature=HEX}: the time until which it is good, in seconds since 1970, and the HMAC-SHA-256 of that time, a full stop, and the live id. One
 * signature is good for all of a stream; what is served puts it behind the addresses within. Thread-safe.
 */
public final class SignedUrls {
    private static final String EXPIRES = "expires";
    private static final String SIGNATURE = "signature";
    private static final String SECONDS = "[0-9]{1,12}";
    private static final String WRONG = "the signature is not that of this address";
    private static final int MS_PER_S = 1000;

    private final Supplier<PlaybackConfig> config;
    private final InstantSource clock;
    private final ToLongFunction<ServiceRequestContext> wrong;

    /**
     * @param config what is in force, asked each time
     * @param wrong told of each signature that is wrong; says how many nanoseconds its address has to wait, 0 for none
     */
    public SignedUrls(
            Supplier<PlaybackConfig> config, InstantSource clock, ToLongFunction<ServiceRequestContext> wrong) {
        this.config = config;
        this.clock = clock;
        this.wrong = wrong;
    }

    /**
     * What lets a stream be played.
     *
     * @param query what its addresses need behind the question mark; empty if they need nothing
     * @param expiresAtMs until when, in milliseconds since 1970; 0 for ever
     */
    public record Grant(String query, long expiresAtMs) {}

    /**
     * Lets a stream be played from now on.
     *
     * @param seconds for how long, at the most; 0 for as long as is configured
     * @param latest when it ends at the latest; null if nothing but the configuration says
     */
    public Grant grant(String liveId, long seconds, @Nullable Instant latest) {
        PlaybackConfig now = config.get();
        if (now.secret().isEmpty()) {
            return new Grant("", 0);
        }
        long good = seconds == 0 ? now.expires().toSeconds() : seconds;
        long expires =
                clock.millis() / MS_PER_S + Math.min(good, now.maxExpires().toSeconds());
        if (latest != null) {
            expires = Math.min(expires, latest.getEpochSecond());
        }
        return new Grant(query(Long.toString(expires), sign(now.secret(), liveId, expires)), expires * MS_PER_S);
    }

    /** What a request's addresses carry, for those within the answer; empty if nothing is signed. */
    public String carried(ServiceRequestContext ctx) {
        String expires = ctx.queryParams().get(EXPIRES, "");
        String signature = ctx.queryParams().get(SIGNATURE, "");
        // Who is known needs no signature, and may have none or write anything there.
        boolean isCarried =
                !config.get().secret().isEmpty() && expires.matches(SECONDS) && signature.matches("[0-9a-f]{64}");
        return isCarried ? query(expires, signature) : "";
    }

    /** Answers 401 or 403 in place of a service below {@code {id}} to those who may not have it; who is known, and whose business the stream is, needs no signature. */
    public HttpService guard(HttpService service) {
        HttpService forKnown = service.decorate(new PageGuard());
        return service.decorate((delegate, ctx, request) -> {
            Secret secret = config.get().secret();
            Identity caller = Authentication.caller(ctx);
            boolean isKnown = caller != null && !caller.equals(Identity.ANYBODY);
            if (isKnown || secret.isEmpty()) {
                // Who is known by nothing but where he calls from may be a page that has taken that for its own
                // address.
                String fault = isKnown ? null : OwnPages.nameFault(ctx, request);
                return fault == null ? forKnown.serve(ctx, request) : OwnPages.refusal(fault);
            }
            String fault = request.method() == HttpMethod.OPTIONS ? null : fault(ctx, secret);
            if (fault == null) {
                return ownAlone(delegate.serve(ctx, request));
            }
            // A right one is always looked for: that takes less than to refuse it, and keeps out nobody who shares the
            // address.
            long waitNs = Math.max(fault.equals(WRONG) ? wrong.applyAsLong(ctx) : 0, Authentication.waitNs(ctx));
            return waitNs > 0 ? forAnyPage(PageGuard.tooMany(waitNs)) : refusal(fault);
        });
    }

    private @Nullable String fault(ServiceRequestContext ctx, Secret secret) {
        String expires = ctx.queryParams().get(EXPIRES, "");
        String signature = ctx.queryParams().get(SIGNATURE, "");
        if (signature.isEmpty() || !expires.matches(SECONDS)) {
            return "this address needs a signature; GetPlaybackUrl gives one that has it";
        }
        long expiresS = Long.parseLong(expires);
        byte[] right =
                sign(secret, String.valueOf(ctx.pathParam("id")), expiresS).getBytes(StandardCharsets.US_ASCII);
        if (!MessageDigest.isEqual(right, signature.getBytes(StandardCharsets.UTF_8))) {
            return WRONG;
        }
        return clock.millis() < expiresS * MS_PER_S
                ? null
                : "this address was good until a while ago; GetPlaybackUrl gives another";
    }

    private static String sign(Secret secret, String liveId, long expires) {
        return Hmac.hex(secret.reveal(), expires, liveId.getBytes(StandardCharsets.UTF_8));
    }

    private static String query(String expires, String signature) {
        return EXPIRES + "=" + expires + "&" + SIGNATURE + "=" + signature;
    }

    /** Caches that many share would go on giving it when its time is over. */
    private static HttpResponse ownAlone(HttpResponse response) {
        return response.mapHeaders(headers -> headers.withMutations(more -> more.set(
                HttpHeaderNames.CACHE_CONTROL,
                headers.get(HttpHeaderNames.CACHE_CONTROL, "no-cache").replace("public", "private"))));
    }

    private static HttpResponse refusal(String why) {
        return forAnyPage(HttpResponse.of(
                ResponseHeaders.builder(HttpStatus.FORBIDDEN)
                        .contentType(MediaType.PLAIN_TEXT_UTF_8)
                        .build(),
                HttpData.ofUtf8(why + "\n")));
    }

    /** Players on other pages must be able to read why, and when to come again. */
    private static HttpResponse forAnyPage(HttpResponse refusal) {
        return refusal.mapHeaders(headers -> headers.toBuilder()
                .set(HttpHeaderNames.CACHE_CONTROL, "no-store")
                .set(HttpHeaderNames.ACCESS_CONTROL_ALLOW_ORIGIN, "*")
                .set(HttpHeaderNames.ACCESS_CONTROL_EXPOSE_HEADERS, "retry-after")
                .build());
    }
}
