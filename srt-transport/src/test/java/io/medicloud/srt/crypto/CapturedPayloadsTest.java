// SPDX-License-Identifier: Apache-2.0
package io.medicloud.srt.crypto;

import static org.assertj.core.api.Assertions.assertThat;

import io.medicloud.srt.packet.Capture;
import io.medicloud.srt.packet.ControlPacket;
import io.medicloud.srt.packet.ControlType;
import io.medicloud.srt.packet.DataPacket;
import io.medicloud.srt.packet.HandshakeExtensions;
import io.medicloud.srt.packet.HandshakePacket;
import io.medicloud.srt.packet.KeyMaterial;
import io.medicloud.srt.packet.PacketFault;
import io.medicloud.srt.packet.SrtPacket;
import io.netty.buffer.ByteBuf;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CapturedPayloadsTest {
    private static final Passphrase PASSPHRASE = new Passphrase("correct-horse-battery");

    @ParameterizedTest
    @ValueSource(
            strings = {
                "02-aes128",
                "03-aes192",
                "04-aes256",
                "05-key-refresh",
                "16-rendezvous-aes256",
                "20-v155-gcm-aes128",
                "21-v155-gcm-aes256-auto-listener",
                "23-v155-gcm-aes128-loss",
                "24-caller155-listener151-aes256",
                "25-caller151-listener155-aes128",
                "33-v155-lost-conclusion-response-aes128",
                "34-v155-lost-kmrefresh",
                "43-v155-bidirectional-aes128-kmrefresh",
                "v155-02-aes128",
                "v155-04-aes256",
                "v155-05-key-refresh"
            })
    void everyDataPacketDecryptsToTheDocumentedPayload(String name) {
        Map<String, KeySet> keys = new HashMap<>();
        int decrypted = 0;
        for (Capture.Datagram d : Capture.read(name)) {
            ByteBuf in = d.buf();
            if (SrtPacket.check(in) != PacketFault.NONE) {
                continue;
            }
            byte[] km = keyMaterial(in);
            if (km != null) {
                install(keys, d.direction(), KeyMaterial.parse(km));
            } else if (!SrtPacket.isControl(in) && DataPacket.msgNo(in) != 0) {
                PayloadCipher cipher = keys.get(d.direction()).cipher(DataPacket.keyFlags(in));
                assertThat(cipher).as(d.toString()).isNotNull();
                assertThat(cipher.decrypt(in)).as(d.toString()).isTrue();
                assertThatPayloadFollowsTheRule(in, d);
                decrypted++;
            }
        }
        assertThat(decrypted).isPositive();
    }

    /** A handshake's keys are for both directions, a later KMREQ's for its own. */
    private static void install(Map<String, KeySet> keys, String direction, KeyMaterial km) {
        KeySet set = keys.get(direction);
        if (set == null) {
            KeySet first = KeySet.unwrap(PASSPHRASE, km);
            assertThat(first).isNotNull();
            keys.put("c2s", first);
            keys.put("s2c", first.fork());
        } else {
            assertThat(set.install(km)).isTrue();
        }
    }

    private static byte[] keyMaterial(ByteBuf in) {
        if (!SrtPacket.isControl(in)) {
            return null;
        }
        ControlType type = ControlPacket.type(in);
        if (type == ControlType.HANDSHAKE && HandshakePacket.handshakeType(in) == HandshakePacket.CONCLUSION) {
            HandshakeExtensions x = HandshakeExtensions.parse(in);
            return x.kmType() == HandshakeExtensions.KMREQ ? x.km() : null;
        }
        if (type == ControlType.USER && ControlPacket.subtype(in) == ControlPacket.SUBTYPE_KMREQ) {
            byte[] km = new byte[ControlPacket.cifLength(in)];
            in.getBytes(ControlPacket.cifStart(in), km);
            return km;
        }
        return null;
    }

    private static void assertThatPayloadFollowsTheRule(ByteBuf in, Capture.Datagram d) {
        int start = DataPacket.payloadStart(in);
        assertThat(DataPacket.payloadLength(in)).isEqualTo(7 * 188);
        for (int k = 0; k < 7; k++) {
            int at = start + k * 188;
            int n = in.getInt(at + 4);
            assertThat(in.getInt(at)).as(d.toString()).isEqualTo(0x47010010 | (n & 15));
            for (int j = 0; j < 180; j++) {
                if (in.getByte(at + 8 + j) != (byte) (31 * n + 7 * j)) {
                    throw new AssertionError(d + " differs at byte " + j);
                }
            }
        }
    }
}
