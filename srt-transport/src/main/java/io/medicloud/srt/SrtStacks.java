// SPDX-License-Identifier: Apache-2.0
package io.medicloud.srt;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;

/** Finds SRT stacks by name. */
public final class SrtStacks {

    /** The name that stands for the best stack that can be used here. */
    public static final String AUTO = "auto";

    // libsrt where its native library loads, else the pure-Java stack.
    private static final List<String> PREFERENCE = List.of("libsrt", "java");

    private SrtStacks() {}

    /**
     * A stack that can be used, and why it was taken.
     *
     * @param stack a new one; close it
     * @param reason for one log line, as {@code libsrt 1.5.6, the first choice}
     */
    public record Selection(SrtStack stack, String reason) {}

    /**
     * Selects a stack.
     *
     * @param name {@code auto}, {@code java} or {@code libsrt}
     * @throws IllegalArgumentException if there is no such name
     * @throws SrtUnavailableException if the stack, or with {@code auto} every stack, cannot be used here; the message
     *     says what to install
     */
    public static Selection select(String name) throws SrtUnavailableException {
        return select(name, true);
    }

    /**
     * Selects a stack, as {@link #select(String)} does.
     *
     * @param isRiskTaken false to pass over a stack of which something is to be feared ({@link SrtStack#risk()}), and to refuse one that was asked for by name
     */
    public static Selection select(String name, boolean isRiskTaken) throws SrtUnavailableException {
        return select(name, isRiskTaken, found());
    }

    static Selection select(String name, boolean isRiskTaken, Map<String, SrtStack> found)
            throws SrtUnavailableException {
        if (!name.equals(AUTO) && !PREFERENCE.contains(name) && !found.containsKey(name)) {
            throw new IllegalArgumentException(
                    "there is no SRT stack '" + name + "': choose auto, " + String.join(" or ", PREFERENCE));
        }
        List<String> wanted = name.equals(AUTO) ? PREFERENCE : List.of(name);
        List<String> missing = new ArrayList<>();
        for (String candidate : wanted) {
            SrtStack stack = found.get(candidate);
            if (stack == null) {
                missing.add(candidate + ": not part of this build");
                continue;
            }
            String why = stack.unavailability();
            if (why == null && !isRiskTaken) {
                why = stack.risk();
            }
            if (why == null) {
                return new Selection(stack, reason(name, candidate, missing));
            }
            missing.add(candidate + ": " + why);
        }
        throw new SrtUnavailableException("no SRT stack can be used here; " + String.join("; ", missing));
    }

    private static String reason(String asked, String taken, List<String> missing) {
        if (!asked.equals(AUTO)) {
            return taken + ", as configured";
        }
        return missing.isEmpty() ? taken + ", the first choice" : taken + ", because " + String.join("; ", missing);
    }

    private static Map<String, SrtStack> found() {
        Map<String, SrtStack> byName = new HashMap<>();
        ServiceLoader.load(SrtStack.class, SrtStacks.class.getClassLoader())
                .forEach(stack -> byName.putIfAbsent(stack.name(), stack));
        return byName;
    }
}
