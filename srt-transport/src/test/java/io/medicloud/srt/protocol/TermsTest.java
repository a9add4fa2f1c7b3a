// SPDX-License-Identifier: Apache-2.0
package io.medicloud.srt.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.medicloud.srt.RejectReason;
import io.medicloud.srt.SrtOption;
import io.medicloud.srt.SrtOptions;
import io.medicloud.srt.crypto.KeySource;
import io.medicloud.srt.crypto.Passphrase;
import io.medicloud.srt.packet.KeyMaterial;
import io.medicloud.srt.packet.SeqNo;
import io.medicloud.srt.packet.SrtFlags;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What options make of a session and its handshake, and the small rules between. */
class TermsTest {
    private static final byte[] ADDRESS = {10, 0, 0, 7};
    private static final long MINUTE = 60_000_000;

    private static SessionPolicy policy(SrtOption option, Object value) {
        return SessionPolicy.of(with(SrtOptions.STANDARD, option, value));
    }

    private static SrtOptions with(SrtOptions options, SrtOption option, Object value) {
        return value instanceof Boolean b
                ? options.with(option, b)
                : options.with(option, ((Number) value).longValue());
    }

    private static HandshakeTerms terms(SrtOption option, Object value) {
        return HandshakeTerms.of(with(SrtOptions.STANDARD, option, value));
    }

    @Test
    void aStandardSessionHasTheStandardsOfItsOptions() {
        SessionPolicy p = SessionPolicy.of(SrtOptions.STANDARD);
        assertThat(p.receiveBufferPackets()).isEqualTo(8192);
        assertThat(p.sendBufferPackets()).isEqualTo(8192);
        assertThat(p.payloadSize()).isEqualTo(1316);
        assertThat(p.dropsTooLate()).isTrue();
        assertThat(p.repeatsNak()).isTrue();
        assertThat(p.toleratesReordering()).isTrue();
        assertThat(p.tracesDrift()).isTrue();
        assertThat(p.sendDropDelayMs()).isZero();
        assertThat(p.peerIdleTimeoutUs()).isEqualTo(5_000_000);
        assertThat(p.lingerUs()).isEqualTo(3_000_000);
    }

    @Test
    void optionsChangeASession() {
        assertThat(policy(SrtOption.TLPKTDROP, false).dropsTooLate()).isFalse();
        assertThat(policy(SrtOption.NAKREPORT, false).repeatsNak()).isFalse();
        assertThat(policy(SrtOption.LOSSMAXTTL, 0).toleratesReordering()).isFalse();
        assertThat(policy(SrtOption.LOSSMAXTTL, 20).toleratesReordering()).isTrue();
        assertThat(policy(SrtOption.DRIFTTRACER, false).tracesDrift()).isFalse();
        SessionPolicy untimed = policy(SrtOption.TSBPD, false);
        assertThat(untimed.dropsTooLate()).isFalse();
        assertThat(untimed.tracesDrift()).isFalse();
        assertThat(policy(SrtOption.SNDDROPDELAY, 70).sendDropDelayMs()).isEqualTo(70);
        assertThat(policy(SrtOption.RETRANSMITALGO, 0).filtersRetransmissions()).isFalse();
        assertThat(policy(SrtOption.RETRANSMITALGO, 1).filtersRetransmissions()).isTrue();
        assertThat(policy(SrtOption.PEERIDLETIMEO, 700).peerIdleTimeoutUs()).isEqualTo(700_000);
        assertThat(policy(SrtOption.LINGER, 3).lingerUs()).isEqualTo(3_000_000);
        assertThat(policy(SrtOption.RCVBUF, 100 * 1456).receiveBufferPackets()).isEqualTo(100);
        assertThat(policy(SrtOption.FC, 77).receiveBufferPackets()).isEqualTo(77);
        assertThat(policy(SrtOption.SNDBUF, 200 * 1456).sendBufferPackets()).isEqualTo(200);
        assertThat(policy(SrtOption.SNDBUF, 1456).sendBufferPackets()).isEqualTo(32);
        SrtOptions small = SrtOptions.STANDARD.with(SrtOption.PAYLOADSIZE, 0L).with(SrtOption.MSS, 1000L);
        assertThat(SessionPolicy.of(small).payloadSize()).isEqualTo(956);
        SessionPolicy.Bandwidth b = SessionPolicy.of(SrtOptions.STANDARD
                        .with(SrtOption.MAXBW, 5L)
                        .with(SrtOption.INPUTBW, 6L)
                        .with(SrtOption.MININPUTBW, 7L)
                        .with(SrtOption.OHEADBW, 30L)
                        .with(SrtOption.MAXREXMITBW, 9L))
                .bandwidth();
        assertThat(b).isEqualTo(new SessionPolicy.Bandwidth(5, 6, 7, 30, 9));
    }

    @Test
    void optionsChangeAHandshake() {
        HandshakeTerms standard = HandshakeTerms.of(SrtOptions.STANDARD);
        assertThat(standard.mtu()).isEqualTo(1500);
        assertThat(standard.receiveLatencyMs()).isEqualTo(120);
        assertThat(standard.peerLatencyMs()).isZero();
        assertThat(standard.flags())
                .isEqualTo(SrtFlags.TSBPDSND
                        | SrtFlags.TSBPDRCV
                        | SrtFlags.CRYPT
                        | SrtFlags.TLPKTDROP
                        | SrtFlags.PERIODICNAK
                        | SrtFlags.REXMITFLG
                        | SrtFlags.PACKET_FILTER);
        assertThat(standard.encryptionField()).isZero();
        assertThat(standard.refreshRate()).isEqualTo(1 << 24);
        assertThat(standard.preannounce()).isEqualTo(1 << 12);
        assertThat(terms(SrtOption.MSS, 1400).mtu()).isEqualTo(1400);
        assertThat(terms(SrtOption.NAKREPORT, false).flags() & SrtFlags.PERIODICNAK)
                .isZero();
        assertThat(terms(SrtOption.TLPKTDROP, false).flags() & SrtFlags.TLPKTDROP)
                .isZero();
        HandshakeTerms untimed =
                HandshakeTerms.of(SrtOptions.STANDARD.withLatencyMs(300).with(SrtOption.TSBPD, false));
        assertThat(untimed.flags() & (SrtFlags.TSBPDSND | SrtFlags.TSBPDRCV | SrtFlags.TLPKTDROP))
                .isZero();
        assertThat(untimed.receiveLatencyMs() + untimed.peerLatencyMs()).isZero();
        assertThat(untimed.forCaller(null, 500).receiveLatencyMs()).isZero();
        HandshakeTerms both = HandshakeTerms.of(SrtOptions.STANDARD.withLatencyMs(300));
        assertThat(both.receiveLatencyMs()).isEqualTo(300);
        assertThat(both.peerLatencyMs()).isEqualTo(300);
        HandshakeTerms own =
                HandshakeTerms.of(SrtOptions.STANDARD.withLatencyMs(300).with(SrtOption.RCVLATENCY, 80L));
        assertThat(own.receiveLatencyMs()).isEqualTo(80);
        assertThat(own.peerLatencyMs()).isEqualTo(300);
        assertThat(terms(SrtOption.CONNTIMEO, 900).connectTimeoutUs()).isEqualTo(900_000);
        SrtOptions often =
                SrtOptions.STANDARD.with(SrtOption.KMPREANNOUNCE, 1000L).with(SrtOption.KMREFRESHRATE, 2001L);
        assertThat(HandshakeTerms.of(often).preannounce()).isEqualTo(1000);
        assertThat(HandshakeTerms.of(often).refreshRate()).isEqualTo(2001);
        assertThat(terms(SrtOption.KMREFRESHRATE, 2000).preannounce())
                .as("as many as the rate allows")
                .isEqualTo(999);
        assertThat(terms(SrtOption.KMREFRESHRATE, 10_000).preannounce()).isEqualTo(4096);
        assertThat(terms(SrtOption.KMPREANNOUNCE, 9_000_000).preannounce()).isEqualTo((1 << 23) - 1);
        assertThat(terms(SrtOption.CRYPTOMODE, 0).initiatorCipher()).isEqualTo(KeyMaterial.CIPHER_CTR);
        assertThat(terms(SrtOption.CRYPTOMODE, 1).cipher()).isEqualTo(KeyMaterial.CIPHER_CTR);
        assertThat(terms(SrtOption.CRYPTOMODE, 2).initiatorCipher()).isEqualTo(KeyMaterial.CIPHER_GCM);
    }

    @Test
    void aCallerMayHaveItsOwnPassphraseAndLatency() {
        HandshakeTerms terms =
                HandshakeTerms.of(SrtOptions.STANDARD.withLatencyMs(300).withPassphrase("correct-horse-battery"));
        assertThat(terms.forCaller(null, 0)).isEqualTo(terms);
        HandshakeTerms own = terms.forCaller(new Passphrase("another-passphrase"), 450);
        assertThat(own.passphrase()).isEqualTo(new Passphrase("another-passphrase"));
        assertThat(own.receiveLatencyMs()).isEqualTo(450);
        assertThat(own.peerLatencyMs()).isEqualTo(450);
        assertThat(own.encryptionField()).as("no key length was asked for").isZero();
        assertThat(own.initiatorKeyLength(0)).isEqualTo(16);
        HandshakeTerms longer = HandshakeTerms.of(
                SrtOptions.STANDARD.withPassphrase("correct-horse-battery").with(SrtOption.PBKEYLEN, 32L));
        assertThat(longer.encryptionField()).isEqualTo(4);
    }

    @Test
    void aSessionOnlyMovesTowardsItsEnd() {
        assertThat(SessionState.CONNECTED.moveTo(SessionState.DRAINING)).isEqualTo(SessionState.DRAINING);
        assertThat(SessionState.CONNECTED.moveTo(SessionState.LINGERING)).isEqualTo(SessionState.LINGERING);
        assertThat(SessionState.CONNECTED.moveTo(SessionState.CLOSED)).isEqualTo(SessionState.CLOSED);
        assertThat(SessionState.DRAINING.moveTo(SessionState.CLOSED)).isEqualTo(SessionState.CLOSED);
        assertThat(SessionState.LINGERING.moveTo(SessionState.CLOSED)).isEqualTo(SessionState.CLOSED);
        assertThatThrownBy(() -> SessionState.DRAINING.moveTo(SessionState.LINGERING))
                .isInstanceOf(IllegalStateException.class);
        for (SessionState next : SessionState.values()) {
            assertThatThrownBy(() -> SessionState.CLOSED.moveTo(next)).isInstanceOf(IllegalStateException.class);
        }
        for (SessionState next : Arrays.asList(SessionState.CONNECTED, SessionState.DRAINING)) {
            assertThatThrownBy(() -> SessionState.LINGERING.moveTo(next)).isInstanceOf(IllegalStateException.class);
        }
    }

    @Test
    void aCookiesKeyLivesForAMinuteAndIsGoodForAnother() {
        byte[] made = {0};
        SynCookie cookie = new SynCookie(
                n -> {
                    byte[] key = new byte[n];
                    Arrays.fill(key, ++made[0]);
                    return key;
                },
                0);
        int first = cookie.bake(ADDRESS, 4000, MINUTE - 1);
        assertThat(made[0]).isEqualTo((byte) 1);
        assertThat(cookie.bake(ADDRESS, 4000, MINUTE)).isNotEqualTo(first);
        assertThat(made[0]).isEqualTo((byte) 2);
        assertThat(cookie.matches(first, ADDRESS, 4000, 2 * MINUTE - 1)).isTrue();
        int second = cookie.bake(ADDRESS, 4000, 2 * MINUTE - 1);
        assertThat(cookie.matches(first, ADDRESS, 4000, 2 * MINUTE)).isFalse();
        assertThat(cookie.matches(second, ADDRESS, 4000, 2 * MINUTE)).isTrue();
        assertThat(cookie.matches(second, ADDRESS, 4000 + 256, 2 * MINUTE)).isFalse();
        assertThat(cookie.matches(second, ADDRESS, 4000, 4 * MINUTE))
                .as("nobody asked for a long time")
                .isFalse();
        assertThat(made[0]).isEqualTo((byte) 5);
    }

    @Test
    void noTwoListenersGiveOneCallerTheSameCookie() {
        Set<Integer> cookies = new HashSet<>();
        for (int i = 0; i < 20; i++) {
            cookies.add(new SynCookie(KeySource.secure(), 0).bake(ADDRESS, 4000, 0));
        }
        // Two in twenty are the same once in twenty million times.
        assertThat(cookies).hasSize(20);
    }

    @Test
    void noBitOfACookieCanBeGuessed() {
        SynCookie cookie = new SynCookie(n -> new byte[n], 0);
        int[] set = new int[Integer.SIZE];
        for (int port = 1; port <= 10_000; port++) {
            int baked = cookie.bake(ADDRESS, port, 0);
            for (int bit = 0; bit < set.length; bit++) {
                set[bit] += baked >>> bit & 1;
            }
        }
        assertThat(Arrays.stream(set).boxed()).allSatisfy(n -> assertThat(n).isBetween(4_700, 5_300));
    }

    @Test
    void addressesOfBothKindsHaveCookiesOfTheirOwn() {
        SynCookie cookie = new SynCookie(n -> new byte[n], 0);
        byte[] v6 = Arrays.copyOf(ADDRESS, 16);
        assertThat(cookie.bake(v6, 4000, 0)).isNotEqualTo(cookie.bake(ADDRESS, 4000, 0));
        assertThat(cookie.matches(cookie.bake(v6, 4000, 0), v6, 4000, 0)).isTrue();
        v6[15] = 1;
        assertThat(cookie.bake(v6, 4000, 0)).isNotEqualTo(cookie.bake(Arrays.copyOf(ADDRESS, 16), 4000, 0));
    }

    @Test
    void reasonsAreOneThousandMoreOnTheWire() {
        assertThat(RejectCodes.handshakeType(RejectReason.BAD_SECRET)).isEqualTo(1010);
        assertThat(RejectCodes.ofHandshakeType(1403)).isEqualTo(new RejectReason(403));
    }

    @Test
    void anAcknowledgementIsRepeatedWhenItsConfirmationIsOverdue() {
        RttEstimator rtt = new RttEstimator();
        AckScheduler acks = new AckScheduler(100);
        assertThat(acks.isConfirmed(100)).isTrue();
        assertThat(acks.isFullDue(101, rtt, AckScheduler.PERIOD_US - 1)).isFalse();
        assertThat(acks.isFullDue(101, rtt, AckScheduler.PERIOD_US)).isTrue();
        assertThat(acks.onFullSent(101, 10_000)).isEqualTo(1);
        assertThat(acks.isConfirmed(101)).isFalse();
        assertThat(acks.isFullDue(101, rtt, 30_000)).as("within two periods").isFalse();
        assertThat(acks.isFullDue(101, rtt, 30_001)).isTrue();
        assertThat(acks.onFullSent(101, 30_001)).isEqualTo(2);
        assertThat(acks.onAckAck(1, 35_000)).isEqualTo(25_000);
        assertThat(acks.isConfirmed(101)).isTrue();
        assertThat(acks.onAckAck(0, 35_000)).isEqualTo(-1);
        assertThat(acks.onAckAck(-126, 35_000)).isEqualTo(-1);
        assertThat(acks.onAckAck(3, 35_000)).isEqualTo(-1);
        for (int i = 0; i < 128; i++) {
            acks.onFullSent(102 + i, 40_000 + i);
        }
        assertThat(acks.onAckAck(2, 50_000)).as("forgotten").isEqualTo(-1);
        assertThat(acks.onAckAck(130, 50_127)).isEqualTo(10_000);
        assertThat(acks.onAckAck(3, 50_127)).isEqualTo(10_127);
        assertThat(acks.isConfirmed(229))
                .as("an older one confirms nothing newer, nor less")
                .isTrue();
    }

    @Test
    void afterTheHighestNumberOfAnAcknowledgementComesOneAsZeroIsThatOfALightOne() {
        AckScheduler acks = new AckScheduler(100, SeqNo.MAX);
        assertThat(acks.onFullSent(101, 10_000)).isEqualTo(SeqNo.MAX);
        assertThat(acks.onFullSent(102, 20_000)).isEqualTo(1);
        assertThat(acks.onAckAck(SeqNo.MAX, 25_000)).isEqualTo(15_000);
        assertThat(acks.onAckAck(1, 30_000)).isEqualTo(10_000);
    }

    @Test
    void roundTripTimesThatCannotBeAreNotBelieved() {
        RttEstimator rtt = new RttEstimator();
        assertThat(rtt.timeoutUs()).isEqualTo(300_000);
        rtt.onPeerEstimate(100_000, 50_000, false);
        rtt.onPeerEstimate(0, 10, false);
        rtt.onPeerEstimate(10_000_001, 10, false);
        rtt.onPeerEstimate(20_000, -1, false);
        rtt.onSample(-1);
        rtt.onSample(10_000_001);
        assertThat(rtt.isMeasured()).isFalse();
        assertThat(rtt.rttUs()).isEqualTo(100_000);
        rtt.onPeerEstimate(100_000, 3_000, false);
        assertThat(rtt.varianceUs()).as("measured, though it is as long").isEqualTo(3_000);
        rtt.onPeerEstimate(10_000_000, 50_000, false);
        assertThat(rtt.rttUs()).as("nobody else says so").isEqualTo(100_000);
        rtt.onPeerEstimate(10_000_000, 50_000, false);
        assertThat(rtt.rttUs()).isEqualTo(10_000_000);
        rtt.onPeerEstimate(30_000, 0, false);
        assertThat(rtt.rttUs()).isEqualTo(30_000);
        assertThat(rtt.varianceUs()).isZero();
        rtt.onPeerEstimate(100_000, 50_000, false);
        assertThat(rtt.rttUs()).as("what nobody has measured").isEqualTo(30_000);
        rtt.onPeerEstimate(20_000, 3_000, false);
        assertThat(rtt.rttUs()).isEqualTo(20_000);
        assertThat(rtt.varianceUs()).isEqualTo(3_000);
        rtt.onPeerEstimate(30_000, 4_000, true);
        assertThat(rtt.rttUs()).as("not measured here yet").isEqualTo(30_000);
        rtt.onSample(10_000_000);
        assertThat(rtt.isMeasured()).isTrue();
        assertThat(rtt.rttUs()).isEqualTo(10_000_000);
        rtt.onSample(0);
        assertThat(rtt.rttUs()).isEqualTo(8_750_000);
        rtt.onPeerEstimate(750_000, 1, true);
        assertThat(rtt.rttUs()).isEqualTo(7_750_000);
        assertThat(rtt.varianceUs()).isEqualTo((3 * 6_250_000 + 8_000_000) / 4);
        rtt.onPeerEstimate(5_000, 20_000_000, false);
        assertThat(rtt.varianceUs()).isEqualTo(10_000_000);
    }

    @Test
    void sequenceNumbersOfAnotherNumberingAreFollowedOnlyWhenTheyKeepIt() {
        SequenceGuard guard = new SequenceGuard(1000);
        assertThat(guard.accepts(1000, 1)).isTrue();
        assertThat(guard.accepts(1001, 7)).isFalse();
        assertThat(guard.accepts(1002, 3)).isTrue();
        assertThat(guard.accepts(1003, 9))
                .as("the other numbering was forgotten")
                .isFalse();
        assertThat(guard.accepts(SeqNo.plus(1000, 4), 10)).isTrue();
    }
}
