// SPDX-License-Identifier: Apache-2.0
package io.medicloud.srt;

import java.util.Collection;

/** Finds the name that was probably meant (Levenshtein distance, at most a third of the name wrong). */
final class NearName {

    private NearName() {}

    /** The nearest of the known names, empty if none is near. */
    static String of(String typed, Collection<String> known) {
        String best = "";
        int least = Math.min(typed.length(), 30) / 3 + 1;
        for (String name : known) {
            int distance = distance(typed, name);
            if (distance < least || (distance == least && !best.isEmpty() && name.compareTo(best) < 0)) {
                least = distance;
                best = name;
            }
        }
        return best;
    }

    private static int distance(String a, String b) {
        if (Math.abs(a.length() - b.length()) > b.length()) {
            return Integer.MAX_VALUE;
        }
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                boolean same = Character.toLowerCase(a.charAt(i - 1)) == b.charAt(j - 1);
                int replaced = diagonal + (same ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(replaced, Math.min(row[j], row[j - 1]) + 1);
            }
        }
        return row[b.length()];
    }
}
