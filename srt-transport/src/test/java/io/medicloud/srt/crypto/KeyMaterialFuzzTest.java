// SPDX-License-Identifier: Apache-2.0
package io.medicloud.srt.crypto;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.medicloud.srt.packet.DataPacket;
import io.medicloud.srt.packet.KeyMaterial;
import io.medicloud.srt.packet.PacketFault;

/** Key material from a peer. */
class KeyMaterialFuzzTest {
    private static final byte[] SALT = new byte[KeyMaterial.SALT_LENGTH];
    private static final KeySet KEYS =
            KeySet.create(new Passphrase("correct-horse-battery"), KeyMaterial.CIPHER_CTR, 16, SALT);

    @FuzzTest
    void anyKeyMaterialIsReadOrRefusedAndWithoutThePassphraseInstalledNever(byte[] input) {
        KeyMaterial km = KeyMaterial.parse(input);
        assertThat(km == null).isEqualTo(KeyMaterial.check(input) != PacketFault.NONE);
        if (km == null) {
            return;
        }
        assertThat(KeyMaterial.parse(km.encode())).isNotNull();
        assertThat(km.encode()).hasSize(input.length);
        KeySet keys = KEYS.fork();
        if (!keys.install(km)) {
            assertThat(keys.cipher(DataPacket.KK_EVEN)).isNull();
            assertThat(keys.cipher(DataPacket.KK_ODD)).isNull();
        }
        assertThat(km.toString()).doesNotContain("[B@");
    }
}
