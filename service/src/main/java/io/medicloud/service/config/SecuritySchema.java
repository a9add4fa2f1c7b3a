// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.config;

import io.medicloud.service.security.AddressRanges;
import io.medicloud.service.security.PullTargets;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;

/** What can be set: who may do what, and how that is kept from others. */
final class SecuritySchema {
    static final SettingGroup ALL = new SettingGroup();
    private static final Pattern CLAIM = Pattern.compile("[A-Za-z0-9_./:-]{1,128}");
    private static final String RANGES = "ranges such as 10.1.0.0/16 and addresses, joined by commas";
    private static final String CLAIM_NAME = "a claim's name, also one within another: realm_access.roles";

    static final Setting<Secret> RECORD_KEY = ALL.old(
            "security.recordKey",
            "encrypts passphrases at rest; empty: a key is generated in `cacheDir/record.key`, mode 0600",
            "",
            "32 bytes in Base64",
            Values::recordKey,
            null,
            true);
    static final Setting<String> ACCESS_FILE = ALL.add(
            "security.accessFile",
            "the file that says who may call the control faces ([security.md](security.md)); read again when it changes; empty: whoever reaches them",
            "",
            "a file",
            text -> text);
    static final Setting<String> JWT_KEYS = ALL.add(
            "jwt.keys",
            "where the public keys of the issuer of JSON Web Tokens are (JWK set), which prove who calls besides `security.accessFile` ([security.md](security.md)); fetched again as they change; empty: none count",
            "",
            "a file, an address of https, or one of http on this machine",
            Values::keysPlace);
    static final Setting<String> JWT_ISSUER = ALL.add(
            "jwt.issuer",
            "who must have made them (`iss`); empty: whoever has those keys",
            "",
            "at most 512 characters",
            text -> Values.upTo512(text));
    static final Setting<List<String>> JWT_AUDIENCE = ALL.add(
            "jwt.audience",
            "for whom they must be (`aud`), one of these; empty: for anybody",
            "",
            "names, joined by commas",
            Values::names);
    static final Setting<Duration> JWT_CLOCK_SKEW =
            ALL.duration("jwt.clockSkew", "by how much the issuer's clock may differ", "30s", "0s", "5m");
    static final Setting<Duration> JWT_MAX_LIFETIME = ALL.duration(
            "jwt.maxLifetime",
            "how long a token may still be good; one that is good for longer, or for ever, is refused",
            "24h",
            "1m",
            "8760h");
    static final Setting<String> JWT_NAME_CLAIM = claim("jwt.nameClaim", "the claim that names who calls", "sub");
    static final Setting<String> JWT_ROLE_CLAIM = claim(
            "jwt.roleClaim", "the claim with the role: viewer, operator, admin, or a list with one of them", "role");
    static final Setting<String> JWT_STREAMS_CLAIM = claim(
            "jwt.streamsClaim",
            "the claim with the live ids that are the caller's business, a list or parted by spaces, `*` standing for any characters; a token without it has all",
            "streams");
    static final Setting<Integer> CALLS_PER_SECOND = ALL.number(
            "control.callsPerSecond",
            "how many calls a second one client may make, by name if it is known, else by address; past it `RESOURCE_EXHAUSTED` (429) with the time to wait; 0: no limit",
            "200",
            0,
            1_000_000,
            null);
    static final Setting<Integer> CALL_BURST =
            ALL.number("control.burst", "how many it may make at once, after a rest", "2000", 1, 1_000_000, null);
    static final Setting<Integer> CONNECTIONS = ALL.number(
            "control.connections",
            "the most connections of both control faces together, and half of the descriptors that the process may have; those beyond are closed",
            "8192",
            16,
            1_000_000,
            null);
    static final Setting<Integer> CONNECTIONS_PER_ADDRESS = ALL.number(
            "control.connectionsPerAddress",
            "how many of them one address may have (of IPv6 the first 64 bits); a proxy in front may need more",
            "2048",
            1,
            1_000_000,
            null);
    static final Setting<Integer> HEALTH_WATCHES_PER_ADDRESS = ALL.number(
            "control.healthWatchesPerAddress",
            "how many watches of the standard health service one address may have open (of IPv6 the first 64 bits) whose callers prove nothing, of 256 in all; those behind one NAT or proxy share them",
            "16",
            1,
            256,
            null);
    static final Setting<Duration> REQUEST_TIMEOUT = ALL.duration(
            "control.requestTimeout",
            "a connection that is without a request for so long, whatever else comes on it, is closed, and a request that is not whole by then is given up (408)",
            "15s",
            "1s",
            "10m");
    static final Setting<AddressRanges> SRT_ALLOW = ALL.add(
            "srt.allow",
            "from where encoders may call; others are refused (`FORBIDDEN`, 1403); empty: from anywhere",
            "",
            RANGES,
            AddressRanges::of);
    static final Setting<AddressRanges> SRT_DENY =
            ALL.add("srt.deny", "from where they may not, whatever `srt.allow` says", "", RANGES, AddressRanges::of);
    static final Setting<Integer> SRT_HANDSHAKES = ALL.number(
            "srt.handshakesPerSecond",
            "how many times a second one address may call, ten times as often at once; past it `OVERLOAD` (1402); 0: no limit",
            "100",
            0,
            1_000_000,
            null);
    static final Setting<Integer> SRT_BAN_AFTER = ALL.number(
            "srt.banAfter",
            "after so many refusals in a row, for a wrong passphrase or a stream that is not there, an address is not listened to (`OVERLOAD`, 1402) for a second, twice as long with each further one; 0: never",
            "20",
            0,
            1_000_000,
            null);
    static final Setting<Duration> SRT_LONGEST_BAN =
            ALL.duration("srt.longestBan", "how long that gets at the most", "1m", "1s", "24h");
    static final Setting<PullTargets> PULL_ALLOW = ALL.add(
            "pull.allow",
            "whom `source_url` may name besides public addresses: ranges, addresses and host names, joined by commas",
            "",
            "ranges such as 10.1.0.0/16, addresses and host names, joined by commas",
            PullTargets::of);
    static final Setting<String> TLS_CERTIFICATE = ALL.add(
            "tls.certificate",
            "the certificate chain of the control faces in PEM; another one in the file is taken within two seconds; empty: no TLS",
            "",
            "a file",
            text -> text);
    static final Setting<String> TLS_KEY =
            ALL.add("tls.key", "the file of its private key in PEM (PKCS 8)", "", "a file", text -> text);
    static final Setting<String> TLS_CLIENT_CA = ALL.add(
            "tls.clientCa",
            "the file of the authorities, in PEM, of which clients may bring certificates; others in it are taken within two seconds; empty: none are asked for",
            "",
            "a file",
            text -> text);
    static final Setting<Boolean> INSECURE = ALL.choice(
            "security.insecure",
            "lets control addresses be reached from other machines without authentication",
            "false",
            "true",
            "false",
            Values::isTrue);

    private SecuritySchema() {}

    private static Setting<String> claim(String path, String about, String fallback) {
        return ALL.add(path, about, fallback, CLAIM_NAME, text -> Values.matching(CLAIM, text));
    }
}
