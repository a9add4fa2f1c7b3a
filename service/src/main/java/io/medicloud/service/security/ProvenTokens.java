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

    synchronized void add(String address, String sha256) {
        known.put(key(address, sha256), true);
    }

    synchronized boolean contains(String address, String sha256) {
        return known.get(key(address, sha256)) != null;
    }

    private static String key(String address, String sha256) {
        return address + " " + sha256;
    }
}
