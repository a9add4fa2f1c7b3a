// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.config;

import java.util.List;

/** The configuration is not right; the message says for each fault where it is, what stands there, and what may. */
public final class ConfigException extends Exception {
    private static final long serialVersionUID = 1;

    private final transient List<String> faults;

    public ConfigException(List<String> faults) {
        super(String.join("; ", faults));
        this.faults = List.copyOf(faults);
    }

    public ConfigException(String fault) {
        this(List.of(fault));
    }

    /** One sentence each. */
    public List<String> faults() {
        return faults;
    }
}
