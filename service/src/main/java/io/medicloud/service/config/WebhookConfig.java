// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.config;

/**
 * Where events are posted.
 *
 * @param url empty for nowhere
 * @param secret what requests are signed with
 */
public record WebhookConfig(String url, Secret secret) {
    /** Is there an address? */
    public boolean isSet() {
        return !url.isEmpty();
    }
}
