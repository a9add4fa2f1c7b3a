// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.security;

import java.util.LinkedHashMap;
import java.util.Map;

/** Which tokens were right from which addresses, the last so many: they are no guesses. By their hashes, which prove nothing. Thread-safe. */
final class ProvenTokens {
    private static final int MOST = 10_000;

    private final Map<String, Boolean> known = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Boolean> eldest) {
            return size() > MOST;
        }
    };

    void add(String address, String token) {
        String key = key(address, token);
        synchronized (this) {
            known.put(key, true);
        }
    }

    boolean contains(String address, String token) {
        String key = key(address, token);
        synchronized (this) {
            return known.get(key) != null;
        }
    }

    private static String key(String address, String token) {
        return address + " " + AccessTable.sha256(token);
    }
}
